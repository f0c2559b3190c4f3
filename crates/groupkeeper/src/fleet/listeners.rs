use std::time::Duration;

use groupkeeper_gateway::KafkaListener;
use groupkeeper_rpc::RpcServer;
use groupkeeper_types::GatewayAddr;
use thiserror::Error;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// A port that was to be served until the end is not.
#[derive(Debug, Error)]
#[error("the {port} of {gateway} is no longer served: {why}; start the gateway again")]
pub struct PortLost {
    port: &'static str,
    gateway: GatewayAddr,
    why: String,
}

/// Serves the ports of all gateways of this process. Dropped, it closes them at once.
#[derive(Debug, Default)]
pub(super) struct Listeners {
    stop: CancellationToken,
    tasks: JoinSet<Option<PortLost>>,
}

impl Listeners {
    /// The most that closing may take: the graces of the ports run at the same time, and no port
    /// needs more than two of them.
    const CLOSE: Duration = Duration::from_secs(1);

    pub(super) fn serve(&mut self, gateway: GatewayAddr, kafka: KafkaListener, rpc: RpcServer) {
        let (stop, lost) = (self.stop.clone(), gateway.clone());
        self.tasks.spawn(async move {
            kafka.serve(stop.cancelled()).await;
            let why = "it stopped".to_owned();
            PortLost::unless(&stop, "Kafka port", lost, why)
        });
        let stop = self.stop.clone();
        self.tasks.spawn(async move {
            let why = match rpc.serve(stop.clone().cancelled_owned()).await {
                Ok(()) => "it stopped".to_owned(),
                Err(error) => error.to_string(),
            };
            PortLost::unless(&stop, "RPC port", gateway, why)
        });
    }

    /// Waits until a port is lost; forever, if all goes well. Cancel safe.
    pub(super) async fn lost(&mut self) -> PortLost {
        loop {
            match self.tasks.join_next().await {
                Some(Ok(Some(lost))) => return lost,
                Some(Ok(None)) => {}
                // A task that panics says so itself; what it served is gone.
                Some(Err(error)) => std::panic::resume_unwind(error.into_panic()),
                None => std::future::pending().await,
            }
        }
    }

    /// Closes the ports; answers under way still go out.
    pub(super) async fn close(mut self) {
        self.stop.cancel();
        let closed = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(Self::CLOSE, closed).await.is_err() {
            tracing::warn!("some connections did not end in time and are cut off");
        }
    }
}

impl PortLost {
    fn unless(
        stop: &CancellationToken,
        port: &'static str,
        gateway: GatewayAddr,
        why: String,
    ) -> Option<Self> {
        (!stop.is_cancelled()).then_some(Self { port, gateway, why })
    }
}
