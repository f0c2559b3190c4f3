use std::time::Duration;

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
    /// The newest epoch that it took part in, as leader or in a session; zero for none. One that the leader
    /// does not stand on is of another history, in which groups may have been acted for.
    pub stood: Epoch,
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
    /// For how long its heartbeats to the leader it speaks to have had no answer, counted from when the
    /// first of them was sent. Zero when the newest had one, and from a gateway that
    /// does not say: it is not taken for deaf.
    pub unanswered: Duration,
    /// The store has confirmed to it a moment ago, where writes are decided, the record of the leader it
    /// speaks to. Asked only where that leader has not verified it lately.
    pub store_decides: bool,
}

impl Heartbeat {
    /// The most groups in [`given_up`](Self::given_up); the rest follows in later heartbeats.
    pub const MAX_GIVEN_UP: usize = 256;
    /// The most bytes of their names together.
    pub const MAX_GIVEN_UP_BYTES: usize = 256 << 10;
}
