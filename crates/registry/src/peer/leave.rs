use groupkeeper_types::{GatewayAddr, Incarnation};

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
