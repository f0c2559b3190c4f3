//! A registry whose task has panicked says so, and keeps nobody waiting.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::fleet::{World, addr, group, seconds, until};
use async_trait::async_trait;
use groupkeeper_registry::peer::{
    Ack, Directory, Found, Heartbeat, LeaderService, Leave, PeerError, Peers, Resigned,
};
use groupkeeper_registry::{Config, Parts, Registry};
use groupkeeper_types::{GatewayAddr, GroupName, RpcAddr};

/// A network that works until it is broken: then a heartbeat panics.
#[derive(Debug)]
struct Breakable {
    whole: Arc<dyn Peers>,
    broken: Arc<AtomicBool>,
}

#[derive(Debug)]
struct BrokenLink;

fn nobody<T>() -> Result<T, PeerError> {
    Err(PeerError::unreachable("the link is broken"))
}

impl Peers for Breakable {
    fn at(&self, addr: &RpcAddr) -> Arc<dyn LeaderService> {
        if self.broken.load(Ordering::SeqCst) {
            Arc::new(BrokenLink)
        } else {
            self.whole.at(addr)
        }
    }

    fn retain(&self, _: &[RpcAddr]) {}
}

#[async_trait]
impl LeaderService for BrokenLink {
    async fn heartbeat(&self, _: Heartbeat) -> Result<Ack, PeerError> {
        panic!("this is what the test is about")
    }

    async fn leave(&self, _: Leave) -> Result<(), PeerError> {
        nobody()
    }

    async fn assign(&self, _: GroupName) -> Result<Found, PeerError> {
        nobody()
    }

    async fn reassign(&self, _: GroupName, _: Option<GatewayAddr>) -> Result<Found, PeerError> {
        nobody()
    }

    async fn drain(&self, _: GatewayAddr) -> Result<(), PeerError> {
        nobody()
    }

    async fn resigned(&self, _: Resigned) -> Result<(), PeerError> {
        nobody()
    }
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_told_to_whoever_runs_the_registry_and_to_whoever_asks_it() {
    let mut world = World::new();
    let fleet = world.start_fleet(1).await;
    let broken = Arc::new(AtomicBool::new(false));
    let parts = world.parts(&addr(2));
    let parts = Parts {
        peers: Arc::new(Breakable {
            whole: Arc::clone(&parts.peers),
            broken: Arc::clone(&broken),
        }),
        ..parts
    };
    let registry = Registry::start(World::record(&addr(2), 2), Config::default(), parts).unwrap();
    until("it has a session", || registry.status().fresh).await;
    broken.store(true, Ordering::SeqCst);
    let failed = tokio::time::timeout(seconds(2), registry.failed()).await;
    assert!(failed.is_ok(), "it goes unnoticed");
    // Its view is still fresh, and it may not wait for a better one that never comes.
    assert!(registry.status().fresh);
    let error = registry.find(&group("g")).await.unwrap_err();
    assert!(error.to_string().contains("has stopped"), "{error}");
    let error = registry.stop(true, seconds(5)).await.unwrap_err();
    assert!(error.to_string().contains("has stopped"), "{error}");
    drop(fleet);
}

#[tokio::test(start_paused = true)]
async fn who_is_stopped_has_not_failed() {
    let mut world = World::new();
    let fleet = world.start_fleet(1).await;
    fleet[0].registry.stop(true, seconds(5)).await.unwrap();
    let failed = tokio::time::timeout(seconds(60), fleet[0].registry.failed()).await;
    assert!(failed.is_err());
}
