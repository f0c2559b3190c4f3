use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use groupkeeper_gateway::{
    Answer, Broker, Cluster, ClusterId, FixedCoordinators, GroupCoordinator, KafkaListener,
    LimitSettings, Limits,
};
use groupkeeper_types::{GatewayAddr, NodeId};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::client::Client;

pub(crate) const ANY_PORT: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// A listener that runs until it is stopped or dropped.
pub(crate) struct Server {
    pub(crate) addr: SocketAddr,
    pub(crate) coordinators: Arc<FixedCoordinators>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinSet<()>,
}

impl Server {
    pub(crate) async fn start(coordinators: FixedCoordinators, limits: LimitSettings) -> Self {
        Self::run(coordinators, limits, |listener| listener).await
    }

    pub(crate) async fn start_serving(
        coordinators: FixedCoordinators,
        limits: LimitSettings,
        groups: Arc<dyn GroupCoordinator>,
    ) -> Self {
        Self::run(coordinators, limits, |listener| {
            listener.with_groups(groups)
        })
        .await
    }

    async fn run(
        coordinators: FixedCoordinators,
        limits: LimitSettings,
        with: impl FnOnce(KafkaListener) -> KafkaListener,
    ) -> Self {
        let coordinators = Arc::new(coordinators);
        let limits = Limits::new(limits).unwrap();
        let listener = KafkaListener::bind(ANY_PORT, limits, coordinators.clone())
            .await
            .unwrap();
        let listener = with(listener);
        let (stop, stopped) = oneshot::channel();
        let addr = listener.local_addr();
        let mut task = JoinSet::new();
        task.spawn(listener.serve(async { _ = stopped.await }));
        Self {
            addr,
            coordinators,
            stop: Some(stop),
            task,
        }
    }

    pub(crate) async fn client(&self) -> Client {
        Client::connect(self.addr).await
    }

    /// Asks it to stop.
    pub(crate) fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    /// Waits until it has stopped.
    pub(crate) async fn stopped(mut self) {
        self.task.join_next().await.unwrap().unwrap();
    }

    /// Ends it without asking.
    pub(crate) async fn kill(&mut self) {
        self.task.shutdown().await;
    }
}

pub(crate) fn broker(id: i32) -> Arc<Broker> {
    let addr = GatewayAddr::new(&format!("gateway-{id}:9092")).unwrap();
    Arc::new(Broker::new(NodeId::new(id).unwrap(), addr))
}

pub(crate) fn at(id: i32) -> Answer {
    Answer::At(broker(id))
}

pub(crate) fn fleet(size: i32) -> Cluster {
    Cluster {
        cluster_id: ClusterId::new("fleet").unwrap(),
        controller: Some(NodeId::new(1).unwrap()),
        brokers: (1..=size).map(broker).collect(),
    }
}

/// Knows that group `known` is at gateway 1.
pub(crate) fn coordinators() -> FixedCoordinators {
    FixedCoordinators::new(fleet(3)).known("known", at(1))
}
