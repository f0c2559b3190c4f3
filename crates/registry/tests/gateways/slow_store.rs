//! A store that takes its time for each change of a commit, and forgets one that nobody waits for.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use groupkeeper_assignment_store::{
    Assignment, AssignmentStore, Commit, Expected, LeaderRecord, Listing, MemoryAssignmentStore,
    ReadError, StoredGateways, WriteError,
};
use groupkeeper_types::GroupName;

use crate::fleet::{World, addr, group, leader, names, seconds, until};

#[derive(Debug, Clone)]
struct SlowStore {
    inner: MemoryAssignmentStore,
    each: Duration,
}

#[async_trait]
impl AssignmentStore for SlowStore {
    async fn record(&self) -> Result<Option<LeaderRecord>, ReadError> {
        self.inner.record().await
    }

    async fn load(&self, group: &GroupName) -> Result<Option<Assignment>, ReadError> {
        self.inner.load(group).await
    }

    fn list(&self) -> Listing {
        self.inner.list()
    }

    async fn gateways(&self) -> Result<StoredGateways, ReadError> {
        self.inner.gateways().await
    }

    async fn begin(&self, expected: &Expected, next: &LeaderRecord) -> Result<(), WriteError> {
        self.inner.begin(expected, next).await
    }

    async fn commit(&self, commit: &Commit) -> Result<(), WriteError> {
        let changes = u32::try_from(commit.changes().len()).unwrap();
        tokio::time::sleep(self.each * changes).await;
        self.inner.commit(commit).await
    }

    async fn verify(&self, current: &LeaderRecord) -> Result<(), WriteError> {
        self.inner.verify(current).await
    }
}

#[tokio::test(start_paused = true)]
async fn a_crowd_of_new_groups_gets_through_however_slow_the_store_is() {
    // The second takes longer for its first commit than such a call may take, and than a lease lasts.
    for each in [Duration::from_micros(2_500), Duration::from_millis(80)] {
        let mut world = World::new();
        let inner = world.store.clone();
        let store = Arc::new(SlowStore { inner, each });
        let nodes = [1, 2, 3].map(|n| world.start_on(&addr(n), store.clone()));
        for node in &nodes {
            assert!(node.registry.wait_until_member(seconds(5)).await);
        }
        let owner = nodes[0].coordinator("quiet").await;
        let owner = nodes.iter().find(|node| node.addr() == owner).unwrap();
        until("it is owned", || {
            owner.registry.owns(&group("quiet")).is_ok()
        })
        .await;
        let epoch = nodes[0].status().stamp.epoch;
        let led = &nodes[leader(&nodes)];
        let asked = names(1_500);
        let mut asks = tokio::task::JoinSet::new();
        for name in asked.clone() {
            let registry = led.registry.clone();
            asks.spawn(async move {
                use groupkeeper_registry::peer::Directory as _;
                while registry.find(&group(&name)).await.is_err() {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            });
        }
        // Who acts goes on acting all the while.
        let mut ticks = tokio::time::interval(Duration::from_millis(50));
        let mut left = 20 * 300;
        while !asks.is_empty() {
            tokio::select! {
                _ = asks.join_next() => {}
                _ = ticks.tick() => {
                    left -= 1;
                    assert!(left > 0, "{} groups have no coordinator", asks.len());
                    assert!(owner.registry.owns(&group("quiet")).is_ok(), "its lease is over");
                }
            }
        }
        assert_eq!(
            nodes[0].status().stamp.epoch,
            epoch,
            "one leader did it all"
        );
    }
}
