use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use groupkeeper_registry::peer::{Directory, LeaderService};
use tokio::sync::watch;

use super::bind_error::BindError;
use super::rpc_limits::RpcLimits;
use super::rpc_service::RpcService;
use super::serve_error::ServeError;

/// A gateway's gRPC port: groupkeeper.v1, grpc.health.v1 and server reflection.
///
/// The port is open from [`bind`](Self::bind) on; who connects before [`serve`](Self::serve) waits.
#[derive(Debug)]
pub struct RpcServer {
    listener: TcpListener,
    local_addr: SocketAddr,
    service: RpcService,
}

impl RpcServer {
    /// Opens the port; port 0 picks a free one. Needs no runtime.
    ///
    /// # Errors
    /// When the address is in use, not this machine's, or not allowed.
    pub fn bind(
        addr: SocketAddr,
        leader: Arc<dyn LeaderService>,
        directory: Arc<dyn Directory>,
    ) -> Result<Self, BindError> {
        let open = || {
            let listener = TcpListener::bind(addr)?;
            listener.set_nonblocking(true)?;
            let local_addr = listener.local_addr()?;
            Ok((listener, local_addr))
        };
        let (listener, local_addr) = open().map_err(|error| BindError::new(addr, error))?;
        Ok(Self {
            listener,
            local_addr,
            service: RpcService::new(leader, directory),
        })
    }

    /// The same with other limits.
    #[must_use]
    pub fn with_limits(self, limits: RpcLimits) -> Self {
        let service = self.service.with_limits(limits);
        Self { service, ..self }
    }

    /// Health checks are told SERVING while this is true, and NOT_SERVING otherwise and once its
    /// sender is gone. Calls are answered all the same. Without it they are told SERVING until the
    /// server stops.
    #[must_use]
    pub fn with_readiness(self, ready: watch::Receiver<bool>) -> Self {
        let service = self.service.with_readiness(ready);
        Self { service, ..self }
    }

    /// Where it listens.
    pub const fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// Answers until `shutdown` is ready. Then the port closes, calls under way have
    /// [`RpcLimits::stop`] to end, and whatever is left is cut off; a health watch is told first.
    ///
    /// Dropping it closes the port and cuts all connections off at once.
    ///
    /// # Errors
    /// When it can't go on. No caller can bring that about.
    pub async fn serve(self, shutdown: impl Future<Output = ()> + Send) -> Result<(), ServeError> {
        let listener =
            tokio::net::TcpListener::from_std(self.listener).map_err(ServeError::Listen)?;
        self.service.serve(listener, shutdown).await
    }
}
