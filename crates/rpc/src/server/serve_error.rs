use std::io;

use thiserror::Error;

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
