//! What a gateway publishes of its standing is never newer than the groups beside it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use groupkeeper_registry::peer::{
    Ack, Directory, Found, Heartbeat, LeaderService, Leave, PeerError, Peers, Resigned,
};
use groupkeeper_registry::{Config, Parts, Registry};
use groupkeeper_types::{GatewayAddr, GroupName, RpcAddr, Stamp};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::fleet::{World, addr, group, seconds, until};

/// A network on which heartbeats are refused for as long as that is wanted.
#[derive(Debug, Clone)]
struct Refusing {
    whole: Arc<dyn Peers>,
    refuses: Arc<AtomicBool>,
}

impl Peers for Refusing {
    fn at(&self, addr: &RpcAddr) -> Arc<dyn LeaderService> {
        Arc::new(Link(self.whole.at(addr), Arc::clone(&self.refuses)))
    }

    fn retain(&self, peers: &[RpcAddr]) {
        self.whole.retain(peers);
    }
}

#[derive(Debug)]
struct Link(Arc<dyn LeaderService>, Arc<AtomicBool>);

#[async_trait]
impl LeaderService for Link {
    async fn heartbeat(&self, heartbeat: Heartbeat) -> Result<Ack, PeerError> {
        if self.1.load(Ordering::SeqCst) {
            let why = "this test says so".to_owned();
            return Err(PeerError::Refused { why });
        }
        self.0.heartbeat(heartbeat).await
    }

    async fn leave(&self, leave: Leave) -> Result<(), PeerError> {
        self.0.leave(leave).await
    }

    async fn assign(&self, group: GroupName) -> Result<Found, PeerError> {
        self.0.assign(group).await
    }

    async fn reassign(
        &self,
        group: GroupName,
        to: Option<GatewayAddr>,
    ) -> Result<Found, PeerError> {
        self.0.reassign(group, to).await
    }

    async fn drain(&self, gateway: GatewayAddr) -> Result<(), PeerError> {
        self.0.drain(gateway).await
    }

    async fn resigned(&self, resigned: Resigned) -> Result<(), PeerError> {
        self.0.resigned(resigned).await
    }
}

/// Looks at a gateway whenever something is logged: in the middle of what its task does.
struct Looks {
    /// From when this is there: the gateway, and what it had applied then.
    at: Arc<OnceLock<(Registry, Stamp)>>,
    looked: Arc<AtomicUsize>,
}

impl Looks {
    fn look(&self) {
        let Some((registry, before)) = self.at.get() else {
            return;
        };
        self.looked.fetch_add(1, Ordering::SeqCst);
        if registry.status().stamp > *before {
            assert!(registry.known("g").is_some(), "its head is ahead");
        }
    }
}

impl Subscriber for Looks {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {
        self.look();
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// The gateway logs that the leader takes it in again before it takes in what the leader says.
#[tokio::test(start_paused = true)]
async fn a_head_is_published_after_its_groups() {
    let mut world = World::new();
    let nodes = world.start_fleet(1).await;
    let looks = Looks {
        at: Arc::default(),
        looked: Arc::default(),
    };
    let (at, looked) = (Arc::clone(&looks.at), Arc::clone(&looks.looked));
    let _logged = tracing::subscriber::set_default(looks);
    let parts = world.parts(&addr(2));
    let refusing = Refusing {
        whole: Arc::clone(&parts.peers),
        refuses: Arc::default(),
    };
    let parts = Parts {
        peers: Arc::new(refusing.clone()),
        ..parts
    };
    let me = World::record(&addr(2), 2);
    let registry = Registry::start(me, Config::default(), parts).unwrap();
    assert!(registry.wait_until_member(seconds(5)).await);
    refusing.refuses.store(true, Ordering::SeqCst);
    until("it is refused", || registry.status().problem.is_some()).await;
    nodes[0].registry.find(&group("g")).await.unwrap();
    let before = registry.status().stamp;
    assert!(at.set((registry.clone(), before)).is_ok());
    refusing.refuses.store(false, Ordering::SeqCst);
    until("it knows the group", || registry.known("g").is_some()).await;
    assert!(looked.load(Ordering::SeqCst) > 0, "nothing was logged");
}
