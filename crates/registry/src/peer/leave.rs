use groupkeeper_types::{Epoch, GatewayAddr, Incarnation};

/// A gateway wants to go: its groups are to be moved first. It has given all of them up, and acts as
/// coordinator of none from the moment it says so.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Leave {
    /// Who.
    pub gateway: GatewayAddr,
    /// Which process of that address.
    pub incarnation: Incarnation,
    /// Its groups stay its own, for its return: right when the whole fleet stops.
    pub keep_groups: bool,
}

/// A leader has given up its term: whoever hears it campaigns at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Resigned {
    /// The term that ended.
    pub epoch: Epoch,
}
