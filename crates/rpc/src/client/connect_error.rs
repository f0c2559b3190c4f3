use std::time::Duration;

use groupkeeper_types::RpcAddr;
use thiserror::Error;

use crate::text::with_causes;

/// Nobody could be reached at an address.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "no gateway answers at {addr}: {why}; start one there, or give another gateway's RPC address"
)]
pub struct ConnectError {
    addr: RpcAddr,
    why: String,
}

impl ConnectError {
    pub(super) fn too_slow(addr: &RpcAddr, deadline: Duration) -> Self {
        Self {
            addr: addr.clone(),
            why: format!("no connection within {deadline:?}"),
        }
    }

    pub(super) fn failed(addr: &RpcAddr, error: &tonic::transport::Error) -> Self {
        Self {
            addr: addr.clone(),
            why: with_causes(error.to_string(), error),
        }
    }

    /// Where nobody was reached.
    pub const fn addr(&self) -> &RpcAddr {
        &self.addr
    }
}
