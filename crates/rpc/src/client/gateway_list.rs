use groupkeeper_registry::peer::{LeaderView, MemberView};

/// The healthy gateways, as one gateway knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayList {
    /// Sorted by address.
    pub gateways: Vec<MemberView>,
    /// Who leads; `None` while nobody does.
    pub leader: Option<LeaderView>,
    /// Whether the asked gateway leads, or its session with the leader lives.
    pub fresh: bool,
}
