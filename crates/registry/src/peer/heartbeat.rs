use groupkeeper_assignment_store::GatewayRecord;
use groupkeeper_types::{Epoch, GroupName, Stamp};

/// A gateway's sign of life, and what it has heard so far.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Heartbeat {
    /// Who says it.
    pub gateway: GatewayRecord,
    /// The first words of this process: it takes the place of an earlier process at its address.
    /// Later heartbeats never do, so that of two processes at one address the one that started
    /// last stays.
    pub announce: bool,
    /// The highest epoch it has seen anywhere: a leader of an older one is deposed.
    pub epoch: Epoch,
    /// The newest decision it has applied.
    pub applied: Stamp,
    /// The member list it has, as numbered by the leader of `epoch`; 0 for none.
    pub members_version: u64,
    /// It has acted on every revoke of the leader of `epoch` up to this number; 0 for none.
    pub revokes_heard: u64,
    /// Groups it gave up on somebody's word, with the decision that had made them its own, and of
    /// which it has heard no newer one: at most [`Heartbeat::MAX_GIVEN_UP`]. It takes them back only
    /// by a newer decision, which a leader that knows of no move makes when it reads this.
    pub given_up: Vec<(GroupName, Stamp)>,
    /// A leader has said that it is to lose its groups; so it tells the next leader too.
    pub draining: bool,
}

impl Heartbeat {
    /// The most groups in [`given_up`](Self::given_up); the rest follows in later heartbeats.
    pub const MAX_GIVEN_UP: usize = 256;
    /// The most bytes of their names together.
    pub const MAX_GIVEN_UP_BYTES: usize = 256 << 10;
}
