use groupkeeper_types::{Epoch, Stamp};

use super::{Decision, MemberList};

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
    pub members: Option<MemberList>,
    /// Whether the gateway may be given groups.
    pub standing: Standing,
}

/// The decisions a gateway has not heard of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Changes {
    /// These, oldest first.
    Since(Vec<Decision>),
    /// More than the leader remembers: whatever the gateway has cached may be old.
    Reset,
}

/// How far a gateway's joining has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Known, and not in the stored set yet: no group is given to it.
    Joining,
    /// In the stored set and in every gateway's list.
    Member,
    /// Its groups are being moved away.
    Draining,
}
