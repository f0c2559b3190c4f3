//! A store that is parted for a while: each side has a copy, a lock and a leader of its own, and when it is
//! whole again one of the copies is left.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use groupkeeper_assignment_store::{
    Assignment, AssignmentStore, Commit, Expected, LeaderRecord, Listing, MemoryAssignmentStore,
    ReadError, StoredGateways, WriteError,
};
use groupkeeper_election::{
    AcquireError, LockKey, LockOwner, LockRequest, LockService, LockToken, LockUnavailable,
    MemoryLockService, RenewError,
};
use groupkeeper_registry::peer::{Directory, LeaderService};
use groupkeeper_registry::{Parts, Registry};
use groupkeeper_types::Stamp;

use crate::fleet::{World, addr, group, names, seconds};

/// The side that one gateway is on.
type Side = Arc<AtomicUsize>;

/// One of two, by the side.
#[derive(Debug)]
struct Parted<T> {
    side: Side,
    copies: [T; 2],
    commits: AtomicUsize,
}

impl<T> Parted<T> {
    /// More than one gateway makes in all of a test. Time stands still while it makes them.
    const MOST_COMMITS: usize = 10_000;

    fn new(side: &Side, copies: &[T; 2]) -> Self
    where
        T: Clone,
    {
        Self {
            side: side.clone(),
            copies: copies.clone(),
            commits: AtomicUsize::new(0),
        }
    }

    fn here(&self) -> &T {
        &self.copies[self.side.load(Ordering::SeqCst)]
    }
}

#[async_trait]
impl AssignmentStore for Parted<MemoryAssignmentStore> {
    async fn record(&self) -> Result<Option<LeaderRecord>, ReadError> {
        self.here().record().await
    }

    async fn load(
        &self,
        group: &groupkeeper_types::GroupName,
    ) -> Result<Option<Assignment>, ReadError> {
        self.here().load(group).await
    }

    fn list(&self) -> Listing {
        self.here().list()
    }

    async fn gateways(&self) -> Result<StoredGateways, ReadError> {
        self.here().gateways().await
    }

    async fn begin(&self, expected: &Expected, next: &LeaderRecord) -> Result<(), WriteError> {
        self.here().begin(expected, next).await
    }

    async fn commit(&self, commit: &Commit) -> Result<(), WriteError> {
        let before = self.commits.fetch_add(1, Ordering::SeqCst);
        assert!(before < Self::MOST_COMMITS, "a leader commits for ever");
        self.here().commit(commit).await
    }

    async fn verify(&self, current: &LeaderRecord) -> Result<(), WriteError> {
        self.here().verify(current).await
    }
}

#[async_trait]
impl LockService for Parted<MemoryLockService> {
    async fn acquire(&self, request: &LockRequest) -> Result<LockToken, AcquireError> {
        self.here().acquire(request).await
    }

    async fn renew(
        &self,
        request: &LockRequest,
        token: &LockToken,
    ) -> Result<LockToken, RenewError> {
        self.here().renew(request, token).await
    }

    async fn release(&self, key: &LockKey, token: &LockToken) -> Result<(), LockUnavailable> {
        self.here().release(key, token).await
    }

    async fn owner(&self, key: &LockKey) -> Result<Option<LockOwner>, LockUnavailable> {
        self.here().owner(key).await
    }
}

struct Node {
    registry: Registry,
    side: Side,
    _service: Arc<dyn LeaderService>,
}

struct Fleet {
    world: World,
    stores: [MemoryAssignmentStore; 2],
    nodes: Vec<Node>,
    names: Vec<String>,
    /// The greatest token that anybody has acted under for each group.
    tokens: BTreeMap<String, Stamp>,
}

impl Fleet {
    /// Four gateways on one side, and groups that they act for.
    async fn start() -> Self {
        let world = World::new();
        let stores = [world.store.clone(), MemoryAssignmentStore::default()];
        let locks = [
            world.locks.clone(),
            MemoryLockService::new(Arc::new(world.clock.clone())),
        ];
        let mut nodes = Vec::new();
        for n in 1..=4_u16 {
            let side = Side::default();
            let me = World::record(&addr(n), u64::from(n));
            let parts = Parts {
                store: Arc::new(Parted::new(&side, &stores)),
                locks: Arc::new(Parted::new(&side, &locks)),
                ..world.parts(&addr(n))
            };
            let registry = Registry::start(me.clone(), world.config.clone(), parts).unwrap();
            let service: Arc<dyn LeaderService> = Arc::new(registry.clone());
            world.network.plug_in(me.rpc, &service);
            nodes.push(Node {
                registry,
                side,
                _service: service,
            });
        }
        for node in &nodes {
            assert!(node.registry.wait_until_member(seconds(5)).await);
        }
        let mut fleet = Self {
            world,
            stores,
            nodes,
            names: names(40),
            tokens: BTreeMap::new(),
        };
        tokio::time::sleep(seconds(1)).await;
        fleet.act().await;
        fleet
    }

    /// Everybody acts for what it may, and takes what is its own.
    async fn act(&mut self) {
        for node in &self.nodes {
            for name in &self.names {
                if let Ok(guard) = node.registry.claim(&group(name)).await {
                    let greatest = self.tokens.entry(name.clone()).or_default();
                    *greatest = guard.token().max(*greatest);
                }
            }
        }
    }

    /// The second store is a copy of the first from here on, and the first gateway alone with it.
    async fn part(&mut self) {
        let led = self.nodes.iter().position(|node| node.registry.is_leader());
        let dead = self.nodes.remove(led.unwrap());
        self.world.network.unplug(&dead.registry.me().rpc);
        drop(dead);
        self.stores[1].restore(&self.stores[0].snapshot());
        self.nodes[0].side.store(1, Ordering::SeqCst);
        let rpc = |i: usize| self.nodes[i].registry.me().rpc.clone();
        for other in 1..self.nodes.len() {
            self.world.network.cut(&rpc(0), &rpc(other));
            self.world.network.cut(&rpc(other), &rpc(0));
        }
    }

    fn heal(&self, winner: usize) {
        for node in &self.nodes {
            node.side.store(winner, Ordering::SeqCst);
        }
        self.world.network.heal();
    }

    /// The groups that more than one gateway may act for, and the tokens of those that one may.
    fn owned(&self) -> (usize, BTreeMap<String, Stamp>) {
        let (mut twice, mut tokens) = (0, BTreeMap::new());
        for name in &self.names {
            let owns = |node: &Node| node.registry.owns(&group(name)).ok();
            let owners: Vec<_> = self.nodes.iter().filter_map(owns).collect();
            twice += usize::from(owners.len() > 1);
            tokens.extend(owners.first().map(|owner| (name.clone(), owner.token())));
        }
        (twice, tokens)
    }
}

/// Whichever copy is left, 15 s later everything is as if nothing had been; and what keeps the greatest
/// token it has seen, on either side, takes every owner's.
async fn is_whole_again(winner: usize) {
    let mut fleet = Fleet::start().await;
    fleet.part().await;
    for _ in 0..3 {
        tokio::time::sleep(seconds(10)).await;
        fleet.act().await;
    }
    let (twice, _) = fleet.owned();
    assert!(twice > 0, "nothing was parted");
    let acted = fleet.tokens.clone();
    fleet.heal(winner);
    tokio::time::sleep(seconds(14)).await;
    for name in &fleet.names {
        let mut named = BTreeSet::new();
        for node in &fleet.nodes {
            let found = node.registry.find(&group(name)).await.unwrap();
            named.insert(found.decision.coordinator);
        }
        assert_eq!(named.len(), 1, "{name}: {named:?}");
    }
    // One that was first asked for on the side that lost has been given out just now.
    tokio::time::sleep(seconds(1)).await;
    let (twice, tokens) = fleet.owned();
    assert_eq!((twice, tokens.len()), (0, fleet.names.len()));
    for (name, token) in &tokens {
        assert!(
            *token >= acted[name],
            "{name}: {token} after {}",
            acted[name]
        );
    }
    let before = fleet.owned();
    tokio::time::sleep(seconds(600)).await;
    assert_eq!(fleet.owned(), before, "it is at rest");
}

#[tokio::test(start_paused = true)]
async fn the_copy_of_most_is_left() {
    is_whole_again(0).await;
}

#[tokio::test(start_paused = true)]
async fn the_copy_of_the_one_is_left() {
    is_whole_again(1).await;
}
