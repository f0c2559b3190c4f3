use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use groupkeeper_registry::Registry;
use groupkeeper_types::GatewayAddr;

/// Waits until one of them has failed; forever, if all goes well. Cancel safe.
pub(super) async fn first_failed(registries: &[Registry]) -> GatewayAddr {
    let failed = registries.iter().map(|registry| async move {
        registry.failed().await;
        registry.me().addr.clone()
    });
    let mut failing: FuturesUnordered<_> = failed.collect();
    match failing.next().await {
        Some(failed) => failed,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use groupkeeper_assignment_store::{GatewayRecord, MemoryAssignmentStore};
    use groupkeeper_election::{LockKey, MemoryLockService};
    use groupkeeper_registry::peer::{LeaderService, Peers};
    use groupkeeper_registry::{Config, Parts};
    use groupkeeper_types::{BootClock, Incarnation, RpcAddr};

    use super::*;

    /// A network that panics where it is first used.
    #[derive(Debug)]
    struct Broken;

    impl Peers for Broken {
        fn at(&self, _: &RpcAddr) -> Arc<dyn LeaderService> {
            panic!("this is what the test is about")
        }

        fn retain(&self, _: &[RpcAddr]) {}
    }

    #[tokio::test]
    async fn of_several_registries_the_one_that_failed_is_named() {
        let clock = Arc::new(BootClock);
        let parts = Parts {
            locks: Arc::new(MemoryLockService::new(clock.clone())),
            lock_key: LockKey::new("leader").unwrap(),
            store: Arc::new(MemoryAssignmentStore::new()),
            peers: Arc::new(Broken),
            clock,
        };
        let start = |n: u16| {
            let me = GatewayRecord {
                addr: GatewayAddr::new(&format!("gw-{n}:9092")).unwrap(),
                incarnation: Incarnation::new(n.into()),
                rpc: RpcAddr::new(&format!("gw-{n}:19092")).unwrap(),
            };
            Registry::start(me, Config::default(), parts.clone()).unwrap()
        };
        let leader = start(1);
        let patience = Duration::from_secs(60);
        leader.wait_for_leader(patience).await.unwrap();
        // The other sends it a heartbeat.
        let registries = [leader, start(2)];
        let failed = tokio::time::timeout(patience, first_failed(&registries)).await;
        assert_eq!(failed.as_ref(), Ok(&registries[1].me().addr));
    }
}
