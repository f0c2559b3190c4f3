//! What looking a known group up costs. `cargo bench -p groupkeeper-registry`
#![allow(missing_docs, reason = "benchmarks")]

use std::sync::Arc;

use divan::{Bencher, black_box};
use groupkeeper_assignment_store::GatewayRecord;
use groupkeeper_assignment_store::MemoryAssignmentStore;
use groupkeeper_election::{LockKey, MemoryLockService};
use groupkeeper_registry::peer::Directory as _;
use groupkeeper_registry::testing::MemoryNetwork;
use groupkeeper_registry::{Config, Parts, Registry};
use groupkeeper_types::{BootClock, Clock, GatewayAddr, GroupName, Incarnation, RpcAddr};
use tokio::runtime::Runtime;

/// Groups that are known.
const GROUPS: usize = 1_000;

fn main() {
    divan::main();
}

/// A gateway that leads itself and knows some groups, on the clock that ships.
fn registry(runtime: &Runtime) -> Registry {
    let _entered = runtime.enter();
    let clock: Arc<dyn Clock> = Arc::new(BootClock);
    let me = GatewayRecord {
        addr: GatewayAddr::new("gw:9092").expect("an address"),
        incarnation: Incarnation::new(1),
        rpc: RpcAddr::new("gw:19092").expect("an address"),
    };
    let parts = Parts {
        locks: Arc::new(MemoryLockService::new(Arc::clone(&clock))),
        lock_key: LockKey::new("leader").expect("a key"),
        store: Arc::new(MemoryAssignmentStore::default()),
        peers: MemoryNetwork::default().seen_from(&me.rpc),
        clock,
    };
    let registry = Registry::start(me, Config::default(), parts).expect("it starts");
    runtime.block_on(async {
        for group in names() {
            while registry.find(&group).await.is_err() {
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
        }
    });
    registry
}

fn names() -> impl Iterator<Item = GroupName> {
    (0..GROUPS).map(|n| GroupName::new(&format!("consumers-{n:08}")).expect("a name"))
}

#[divan::bench(threads = [1, 2])]
fn place(bencher: Bencher<'_, '_>) {
    let runtime = Runtime::new().expect("a runtime");
    let registry = registry(&runtime);
    bencher.bench(|| registry.fresh()?.place(black_box("consumers-00000500")));
}

#[divan::bench(threads = [1, 2])]
fn known(bencher: Bencher<'_, '_>) {
    let runtime = Runtime::new().expect("a runtime");
    let registry = registry(&runtime);
    bencher.bench(|| registry.known(black_box("consumers-00000500")).is_some());
}
