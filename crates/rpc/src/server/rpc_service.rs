use std::pin::pin;
use std::sync::Arc;

use groupkeeper_registry::peer::{Directory, LeaderService};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tonic::transport::Server;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

use super::accept::Accept;
use super::incoming::incoming;
use super::leader_api::LeaderApi;
use super::readiness::Readiness;
use super::registry_api::RegistryApi;
use super::rpc_limits::RpcLimits;
use super::serve_error::ServeError;
use crate::proto::leader_server::{LeaderServer, SERVICE_NAME as LEADER};
use crate::proto::registry_server::{RegistryServer, SERVICE_NAME as REGISTRY};
use crate::{MAX_ANSWER_BYTES, MAX_REQUEST_BYTES, proto};

/// What a gateway answers on its gRPC port, wherever its connections come from: groupkeeper.v1,
/// grpc.health.v1 and server reflection.
#[derive(Debug)]
pub struct RpcService {
    leader: Arc<dyn LeaderService>,
    directory: Arc<dyn Directory>,
    limits: RpcLimits,
    readiness: Readiness,
}

impl RpcService {
    /// With the usual limits, and SERVING until it stops.
    pub fn new(leader: Arc<dyn LeaderService>, directory: Arc<dyn Directory>) -> Self {
        Self {
            leader,
            directory,
            limits: RpcLimits::default(),
            readiness: Readiness::Always,
        }
    }

    /// The same with other limits.
    #[must_use]
    pub fn with_limits(self, limits: RpcLimits) -> Self {
        Self { limits, ..self }
    }

    /// As [`RpcServer::with_readiness`](crate::RpcServer::with_readiness).
    #[must_use]
    pub fn with_readiness(self, ready: watch::Receiver<bool>) -> Self {
        let readiness = Readiness::While(ready);
        Self { readiness, ..self }
    }

    /// As [`RpcServer::serve`](crate::RpcServer::serve), on these connections.
    ///
    /// # Errors
    /// When it can't go on. No caller can bring that about.
    pub async fn serve(
        self,
        listener: impl Accept,
        shutdown: impl Future<Output = ()> + Send,
    ) -> Result<(), ServeError> {
        let limits = self.limits;
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
