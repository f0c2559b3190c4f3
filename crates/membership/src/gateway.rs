use groupkeeper_types::{GatewayAddr, Incarnation, NodeId, RpcAddr};

/// A gateway as it announces itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gateway {
    /// Where Kafka clients reach it; what tells gateways apart.
    pub addr: GatewayAddr,
    /// Its broker number, hashed from the address.
    pub node_id: NodeId,
    /// Which process it is.
    pub incarnation: Incarnation,
    /// Where other gateways reach it.
    pub rpc: RpcAddr,
}
