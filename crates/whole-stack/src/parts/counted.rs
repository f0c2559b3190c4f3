use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use groupkeeper_registry::Registry;
use groupkeeper_registry::peer::{
    Ack, Found, Heartbeat, LeaderService, Leave, PeerError, Resigned,
};
use groupkeeper_types::{GatewayAddr, GroupName};

macro_rules! calls {
    ($($name:ident $text:literal,)*) => {
        /// The calls between gateways that came through gRPC. Clones count together.
        #[derive(Debug, Clone, Default)]
        pub(crate) struct Calls(Arc<Numbers>);

        #[derive(Debug, Default)]
        struct Numbers { $($name: AtomicU64,)* }

        impl Calls {
            /// What people call each, and how many there were.
            pub(crate) fn rows(&self) -> Vec<(&'static str, u64)> {
                vec![$(($text, self.0.$name.load(Ordering::Relaxed)),)*]
            }
        }
    };
}

calls! {
    heartbeat "gRPC heartbeats",
    assign "gRPC questions to a leader",
    leave "gRPC farewells",
    reassign "gRPC moves asked of a leader",
    drain "gRPC drains asked of a leader",
    resigned "gRPC resignations",
}

/// A gateway as others call it, with its calls counted.
#[derive(Debug)]
pub(crate) struct Counted {
    pub(crate) registry: Registry,
    pub(crate) calls: Calls,
}

fn one_more(count: &AtomicU64) {
    count.fetch_add(1, Ordering::Relaxed);
}

#[async_trait]
impl LeaderService for Counted {
    async fn heartbeat(&self, heartbeat: Heartbeat) -> Result<Ack, PeerError> {
        one_more(&self.calls.0.heartbeat);
        self.registry.heartbeat(heartbeat).await
    }

    async fn leave(&self, leave: Leave) -> Result<(), PeerError> {
        one_more(&self.calls.0.leave);
        self.registry.leave(leave).await
    }

    async fn assign(&self, group: GroupName) -> Result<Found, PeerError> {
        one_more(&self.calls.0.assign);
        self.registry.assign(group).await
    }

    async fn reassign(
        &self,
        group: GroupName,
        to: Option<GatewayAddr>,
    ) -> Result<Found, PeerError> {
        one_more(&self.calls.0.reassign);
        LeaderService::reassign(&self.registry, group, to).await
    }

    async fn drain(&self, gateway: GatewayAddr) -> Result<(), PeerError> {
        one_more(&self.calls.0.drain);
        LeaderService::drain(&self.registry, gateway).await
    }

    async fn resigned(&self, resigned: Resigned) -> Result<(), PeerError> {
        one_more(&self.calls.0.resigned);
        self.registry.resigned(resigned).await
    }
}
