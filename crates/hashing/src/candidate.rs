use groupkeeper_types::GatewayAddr;

use crate::Weight;

/// A gateway that a group may be placed on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Candidate {
    /// Its advertised address: all that placement knows it by, so that a restarted process gets
    /// what it had.
    pub addr: GatewayAddr,
    /// Its share. [`Modulo`](crate::Modulo) does not look at it.
    pub weight: Weight,
}
