use groupkeeper_types::{GatewayAddr, Incarnation, NodeId, RpcAddr};

/// A gateway as it introduces itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gateway {
    /// Where Kafka clients reach it: what it is known by.
    pub addr: GatewayAddr,
    /// Its number in Kafka's protocol, hashed from the address.
    pub node_id: NodeId,
    /// Which process it is.
    pub incarnation: Incarnation,
    /// Where other gateways reach it.
    pub rpc: RpcAddr,
}
