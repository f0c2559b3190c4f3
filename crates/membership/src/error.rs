use groupkeeper_types::{GatewayAddr, Incarnation, NodeId};
use thiserror::Error;

/// Why a gateway was not taken for alive. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MembershipError {
    /// Kafka clients tell gateways apart by node ID, so two can't have one.
    #[error(
        "{addr} and {other} both hash to node ID {node_id}, by which Kafka clients tell gateways \
         apart: change one of the two advertised addresses (--advertise)"
    )]
    NodeIdTaken {
        /// Who asked.
        addr: GatewayAddr,
        /// The member that has the ID.
        other: GatewayAddr,
        /// The ID of both.
        node_id: NodeId,
    },
    /// Another process is alive at this address. One that has been replaced must stop; one that
    /// has just started registers instead of sending a heartbeat.
    #[error(
        "process {incarnation} is not the gateway {addr} any more, process {by} is: stop one of \
         the two, or give each an advertised address of its own (--advertise)"
    )]
    Superseded {
        /// The address of both.
        addr: GatewayAddr,
        /// Who asked.
        incarnation: Incarnation,
        /// Who lives there.
        by: Incarnation,
    },
    /// No room.
    #[error(transparent)]
    Full(#[from] MembersFull),
}

/// There are as many members as there may be.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "{addr} can't be a member: there are {max} already, and no more are allowed; stop gateways \
     that are not needed, or allow more members"
)]
pub struct MembersFull {
    /// Who was to become a member.
    pub addr: GatewayAddr,
    /// The most members.
    pub max: usize,
}
