use groupkeeper_types::{GatewayAddr, NodeId};
use thiserror::Error;

/// Why a gateway is not let in.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MembershipError {
    /// Kafka clients tell brokers apart by their node IDs alone.
    #[error(
        "{addr} and {other} both hash to node ID {node_id}, and clients could not tell them apart: \
         give one of them another advertised address (--advertise)"
    )]
    NodeIdTaken {
        /// Who wants in.
        addr: GatewayAddr,
        /// Who is in.
        other: GatewayAddr,
        /// The number of both.
        node_id: NodeId,
    },
    /// A process that started later serves at this address.
    #[error(
        "another process that started later serves at {addr}: stop one of the two, or give this one \
         another advertised address (--advertise)"
    )]
    Superseded {
        /// The address of both.
        addr: GatewayAddr,
    },
    /// There are as many as can be kept.
    #[error("{max} gateways are registered, which is the most of one fleet")]
    Full {
        /// The most.
        max: usize,
    },
}
