use groupkeeper_types::{GatewayAddr, Incarnation, RpcAddr};
use serde::{Deserialize, Serialize};

/// A gateway that a leader has let in, and that a new leader inherits.
///
/// Stored before the gateway's first lease, so that whoever leads next knows of every gateway that
/// may be acting.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct GatewayRecord {
    /// Where Kafka clients reach it; the key.
    pub addr: GatewayAddr,
    /// Which process it is.
    pub incarnation: Incarnation,
    /// Where other gateways reach it.
    pub rpc: RpcAddr,
}
