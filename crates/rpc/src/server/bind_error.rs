use std::io;
use std::net::SocketAddr;

use thiserror::Error;

/// The port could not be opened.
#[derive(Debug, Error)]
#[error("cannot listen on {addr} for gRPC: {source}; give another address, or stop what uses it")]
pub struct BindError {
    addr: SocketAddr,
    source: io::Error,
}

impl BindError {
    pub(super) const fn new(addr: SocketAddr, source: io::Error) -> Self {
        Self { addr, source }
    }

    /// Which address was asked for.
    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What kind of failure it is: `AddrInUse`, `PermissionDenied` and the like.
    pub fn kind(&self) -> io::ErrorKind {
        self.source.kind()
    }
}
