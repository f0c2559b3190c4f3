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

/// A server that can't go on. Failing connections are none of this.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The runtime does not take the open port.
    #[error("cannot wait for gRPC connections: {0}")]
    Listen(#[source] io::Error),
    /// The descriptions for server reflection are damaged: a fault of the build.
    #[error("cannot describe the gRPC services: {0}")]
    Reflection(#[source] tonic_reflection::server::Error),
    /// Whatever else the transport can't recover from.
    #[error("the gRPC server failed: {0}")]
    Transport(#[source] tonic::transport::Error),
}
