//! A fleet in one process: real registries on a paused clock, with locks, store and network in
//! memory.

use std::sync::Arc;
use std::time::Duration;

use groupkeeper_assignment_store::{AssignmentStore, GatewayRecord, MemoryAssignmentStore};
use groupkeeper_election::testing::{Faults, FaultyLockService, TokioClock};
use groupkeeper_election::{LockKey, MemoryLockService};
use groupkeeper_registry::peer::{Directory, Found, LeaderService, PeerError};
use groupkeeper_registry::testing::MemoryNetwork;
use groupkeeper_registry::{Config, Parts, Registry};
use groupkeeper_types::{GatewayAddr, GroupName, Incarnation, RpcAddr};

pub(crate) const KEY: &str = "test-leader";

/// Everything gateways share.
pub(crate) struct World {
    pub(crate) clock: TokioClock,
    pub(crate) locks: MemoryLockService,
    pub(crate) store: MemoryAssignmentStore,
    pub(crate) network: MemoryNetwork,
    pub(crate) config: Config,
    /// How many processes there were: each draws its pauses by its number.
    pub(crate) lives: u64,
}

/// One gateway, until it is dropped: which is a `kill -9`.
pub(crate) struct Node {
    pub(crate) registry: Registry,
    pub(crate) lock_faults: Faults,
    /// What other gateways call.
    pub(crate) service: Arc<dyn LeaderService>,
    network: MemoryNetwork,
}

impl Drop for Node {
    fn drop(&mut self) {
        self.network.unplug(&self.registry.me().rpc);
    }
}

impl World {
    pub(crate) fn new() -> Self {
        let clock = TokioClock::new();
        Self {
            locks: MemoryLockService::new(Arc::new(clock.clone())),
            clock,
            store: MemoryAssignmentStore::default(),
            network: MemoryNetwork::default(),
            config: Config::default(),
            lives: 0,
        }
    }

    /// Starts gateway number `n`.
    pub(crate) fn start(&mut self, n: u16) -> Node {
        self.start_at(&addr(n))
    }

    pub(crate) fn start_at(&mut self, addr: &GatewayAddr) -> Node {
        let store = Arc::new(self.store.clone());
        self.start_on(addr, store)
    }

    /// Starts a gateway that sees this of the store.
    pub(crate) fn start_on(&mut self, addr: &GatewayAddr, store: Arc<dyn AssignmentStore>) -> Node {
        self.lives += 1;
        let me = Self::record(addr, self.lives);
        let (locks, lock_faults) = FaultyLockService::new(Arc::new(self.locks.clone()));
        let parts = Parts {
            locks: Arc::new(locks),
            store,
            ..self.parts(addr)
        };
        let registry =
            Registry::start(me.clone(), self.config.clone(), parts).expect("the default");
        let service: Arc<dyn LeaderService> = Arc::new(registry.clone());
        self.network.plug_in(me.rpc, &service);
        Node {
            registry,
            lock_faults,
            service,
            network: self.network.clone(),
        }
    }

    /// What process number `life` at an address says of itself.
    pub(crate) fn record(addr: &GatewayAddr, life: u64) -> GatewayRecord {
        GatewayRecord {
            addr: addr.clone(),
            incarnation: Incarnation::new(life.wrapping_mul(0x1234_5678_9abc_def1)),
            rpc: RpcAddr::new(&format!("{}:{}", addr.host(), addr.port() + 10_000))
                .expect("an address"),
        }
    }

    /// What a gateway at this address is made of.
    pub(crate) fn parts(&self, addr: &GatewayAddr) -> Parts {
        Parts {
            locks: Arc::new(self.locks.clone()),
            lock_key: LockKey::new(KEY).expect("a key"),
            store: Arc::new(self.store.clone()),
            peers: self.network.seen_from(&Self::record(addr, 0).rpc),
            clock: Arc::new(self.clock.clone()),
        }
    }

    /// Starts gateways 1 to `n`, and waits until each is a member.
    pub(crate) async fn start_fleet(&mut self, n: u16) -> Vec<Node> {
        let mut nodes = Vec::new();
        for i in 1..=n {
            nodes.push(self.start(i));
        }
        for node in &nodes {
            assert!(
                node.registry.wait_until_member(seconds(5)).await,
                "{:?}",
                node.status()
            );
        }
        until("everybody knows everybody", || {
            nodes
                .iter()
                .all(|node| node.registry.members().len() == usize::from(n))
        })
        .await;
        nodes
    }
}

impl Node {
    pub(crate) async fn find(&self, name: &str) -> Result<Found, PeerError> {
        self.registry.find(&group(name)).await
    }

    /// The coordinator of a group, asked until there is an answer, as clients do.
    pub(crate) async fn coordinator(&self, name: &str) -> GatewayAddr {
        for _ in 0..200 {
            match self.find(name).await {
                Ok(found) => return found.decision.coordinator,
                Err(error) => assert!(error.is_retryable(), "{name}: {error}"),
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("no coordinator for {name}: {:?}", self.status())
    }

    pub(crate) async fn coordinators(&self, names: &[String]) -> Vec<GatewayAddr> {
        let mut found = Vec::new();
        for name in names {
            found.push(self.coordinator(name).await);
        }
        found
    }

    pub(crate) fn addr(&self) -> GatewayAddr {
        self.registry.me().addr.clone()
    }

    pub(crate) fn rpc(&self) -> RpcAddr {
        self.registry.me().rpc.clone()
    }

    pub(crate) fn status(&self) -> groupkeeper_registry::peer::RegistryStatus {
        self.registry.status()
    }
}

pub(crate) fn addr(n: u16) -> GatewayAddr {
    GatewayAddr::new(&format!("gateway-{n}:{}", 9_000 + n)).expect("an address")
}

pub(crate) fn group(name: &str) -> GroupName {
    GroupName::new(name).expect("a name")
}

pub(crate) fn names(count: usize) -> Vec<String> {
    (0..count).map(|i| format!("group-{i:04}")).collect()
}

pub(crate) fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// The one that leads.
pub(crate) fn leader(nodes: &[Node]) -> usize {
    let leaders: Vec<_> = (0..nodes.len())
        .filter(|i| nodes[*i].registry.is_leader())
        .collect();
    assert_eq!(leaders.len(), 1, "leaders: {leaders:?}");
    leaders[0]
}

/// Waits, in paused time, until something holds.
pub(crate) async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..6_000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("a minute passed and not: {what}");
}
