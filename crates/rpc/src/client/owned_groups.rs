use groupkeeper_assignment_store::GatewayRecord;
use groupkeeper_registry::peer::Ownership;
use groupkeeper_types::GroupName;

/// What one process may act for as coordinator, at one moment while it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedGroups {
    /// Which process that is.
    pub gateway: GatewayRecord,
    /// Each group that was asked about, in that order.
    pub groups: Vec<(GroupName, Ownership)>,
}
