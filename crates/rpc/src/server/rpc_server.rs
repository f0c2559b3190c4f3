use std::net::{SocketAddr, TcpListener};
use std::pin::pin;
use std::sync::Arc;

use groupkeeper_registry::peer::{Directory, LeaderService};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tonic::transport::Server;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

use super::bind_error::BindError;
use super::incoming::incoming;
use super::leader_api::LeaderApi;
use super::readiness::Readiness;
use super::registry_api::RegistryApi;
use super::rpc_limits::RpcLimits;
use super::serve_error::ServeError;
use crate::proto::leader_server::{LeaderServer, SERVICE_NAME as LEADER};
use crate::proto::registry_server::{RegistryServer, SERVICE_NAME as REGISTRY};
use crate::{MAX_ANSWER_BYTES, MAX_REQUEST_BYTES, proto};

/// A gateway's gRPC port: groupkeeper.v1, grpc.health.v1 and server reflection.
///
/// The port is open from [`bind`](Self::bind) on; who connects before [`serve`](Self::serve) waits.
#[derive(Debug)]
pub struct RpcServer {
    listener: TcpListener,
    local_addr: SocketAddr,
    leader: Arc<dyn LeaderService>,
    directory: Arc<dyn Directory>,
    limits: RpcLimits,
    readiness: Readiness,
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
            leader,
            directory,
            limits: RpcLimits::default(),
            readiness: Readiness::Always,
        })
    }

    /// The same with other limits.
    #[must_use]
    pub fn with_limits(self, limits: RpcLimits) -> Self {
        Self { limits, ..self }
    }

    /// Health checks are told SERVING while this is true, and NOT_SERVING otherwise and once its
    /// sender is gone. Calls are answered all the same. Without it they are told SERVING until the
    /// server stops.
    #[must_use]
    pub fn with_readiness(self, ready: watch::Receiver<bool>) -> Self {
        let readiness = Readiness::While(ready);
        Self { readiness, ..self }
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
        let limits = self.limits;
        let listener =
            tokio::net::TcpListener::from_std(self.listener).map_err(ServeError::Listen)?;
        let health = HealthReporter::new();
        let mut readiness = self.readiness;
        set_health(&health, readiness.status()).await;
        let describe = || {
            tonic_reflection::server::Builder::configure()
                .register_encoded_file_descriptor_set(proto::DESCRIPTOR)
                .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        };

        let cut_off = CancellationToken::new();
        let _cut_off_when_dropped = cut_off.clone().drop_guard();
        let stop = CancellationToken::new();
        let serving = Server::builder()
            .concurrency_limit_per_connection(limits.calls_per_connection as usize)
            .max_concurrent_streams(limits.calls_per_connection)
            .timeout(limits.call)
            .http2_keepalive_interval(Some(limits.keepalive))
            .http2_keepalive_timeout(Some(limits.keepalive_answer))
            .add_service(
                LeaderServer::new(LeaderApi(self.leader))
                    .max_decoding_message_size(MAX_REQUEST_BYTES)
                    .max_encoding_message_size(MAX_ANSWER_BYTES),
            )
            .add_service(
                RegistryServer::new(RegistryApi(self.directory))
                    .max_decoding_message_size(MAX_REQUEST_BYTES)
                    .max_encoding_message_size(MAX_ANSWER_BYTES),
            )
            .add_service(tonic_health::pb::health_server::HealthServer::new(
                tonic_health::server::HealthService::from_health_reporter(health.clone()),
            ))
            .add_service(describe().build_v1().map_err(ServeError::Reflection)?)
            .add_service(describe().build_v1alpha().map_err(ServeError::Reflection)?)
            .serve_with_incoming_shutdown(
                incoming(listener, limits, cut_off.clone()),
                stop.clone().cancelled_owned(),
            );
        let mut serving = pin!(serving);

        let mut shutdown = pin!(shutdown);
        loop {
            tokio::select! {
                ended = &mut serving => return ended.map_err(ServeError::Transport),
                () = &mut shutdown => break,
                status = readiness.changed() => set_health(&health, status).await,
            }
        }
        set_health(&health, ServingStatus::NotServing).await;
        stop.cancel();
        if let Ok(ended) = tokio::time::timeout(limits.stop, &mut serving).await {
            return ended.map_err(ServeError::Transport);
        }
        tracing::info!(after = ?limits.stop, "cutting gRPC calls off that did not end");
        cut_off.cancel();
        // Every connection now fails as soon as it is polled; the limit is for what we can't see.
        tokio::time::timeout(limits.stop, serving)
            .await
            .map_or(Ok(()), |ended| ended.map_err(ServeError::Transport))
    }
}

/// For the server as a whole (no name), and for each service of ours.
async fn set_health(health: &HealthReporter, status: ServingStatus) {
    for service in ["", LEADER, REGISTRY] {
        health.set_service_status(service, status).await;
    }
}
