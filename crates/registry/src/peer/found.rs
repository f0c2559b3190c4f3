use groupkeeper_types::{GatewayAddr, GroupName, Stamp};

/// Which gateway coordinates a group, as a leader decided it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Decision {
    /// The group.
    pub group: GroupName,
    /// Its coordinator.
    pub coordinator: GatewayAddr,
    /// The commit that decided it; [`Stamp::ZERO`] for what the reference wrote.
    pub stamp: Stamp,
}

/// An answer to "who coordinates this group?".
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Found {
    /// The decision.
    pub decision: Decision,
    /// The newest decision of any group that the answerer knew of: an answer that is older than
    /// what the asker has applied may be out of date, and is not to be cached.
    pub as_of: Stamp,
}
