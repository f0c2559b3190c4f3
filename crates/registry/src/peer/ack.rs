use std::sync::Arc;
use std::time::Duration;

use groupkeeper_assignment_store::Lineage;
use groupkeeper_types::{Epoch, GroupName, Stamp};

use super::{MemberList, News};

/// The leader's answer to a heartbeat.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Ack {
    /// The leader's term.
    pub epoch: Epoch,
    /// Every decision up to here is in `changes`, or was known to the gateway before.
    pub stamp: Stamp,
    /// What was decided since.
    pub changes: Changes,
    /// The members, unless the gateway has this version of the list.
    pub members: Option<Arc<MemberList>>,
    /// How far the gateway's joining has come.
    pub standing: Standing,
    /// How long the gateway may act as coordinator, counted from when it sent the heartbeat; zero
    /// when it may not, or when the leader could not verify its own term at the store lately.
    pub lease: Duration,
    /// The newest commit of earlier epochs that the store still has: what the gateway knows of those
    /// epochs beyond it is lost.
    pub inherited: Stamp,
    /// The terms that this one stands on; absent where the gateway has heard of them in this term.
    pub lineage: Option<Lineage>,
    /// The least token under which the gateway may act.
    pub token_floor: Stamp,
    /// Whether every lease that an earlier leader gave is over: until then a gateway keeps what it
    /// held, and takes nothing that an earlier leader decided.
    pub inherited_over: bool,
    /// What the gateway has to give up before it acts under the new lease.
    pub revokes: Revokes,
    /// How long after this answer there may be news that the gateway's next heartbeat would bring too
    /// late: it sends that one sooner. It is a wish, and costs a heartbeat at most.
    pub ask_again: Option<Duration>,
}

/// Groups that a gateway is to give up.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Revokes {
    /// Every revoke up to this number is here, or has been acted on before.
    pub number: u64,
    /// The groups, with the decision that is revoked: what the gateway hears of that decision later
    /// is late news. At most [`Revokes::MAX`].
    pub groups: Vec<(GroupName, Stamp)>,
}

impl Revokes {
    /// The most groups in one answer; the rest follows in later ones.
    pub const MAX: usize = 4_096;
    /// The most bytes of their names together.
    pub const MAX_BYTES: usize = 4 << 20;
}

/// What a gateway has not heard of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Changes {
    /// These, oldest first.
    Since(Vec<News>),
    /// More than the leader remembers: whatever the gateway has cached may be old.
    Reset,
}

/// How far a gateway's joining has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// In every gateway's list, and given no groups yet: it is not in the stored set yet.
    Joining,
    /// The same, and it will not be stored before an earlier process at its address can't be acting
    /// any more, which takes a lease at most.
    Settling,
    /// In the stored set: it may act, and be given groups.
    Member,
    /// In the stored set, and its groups are being moved away.
    Draining,
}

impl Standing {
    /// Whether it is in the stored set: the next leader will know of it.
    pub const fn is_stored(self) -> bool {
        matches!(self, Self::Member | Self::Draining)
    }
}
