//! Whoever holds the lock and can't lead lets others lead.

use std::num::NonZeroU32;
use std::sync::Arc;

use groupkeeper_assignment_store::memory::{Call, Fault, Gate};
use groupkeeper_assignment_store::{
    AssignmentStore, Expected, Failover, Failovers, LeaderRecord, MemoryAssignmentStore,
};
use groupkeeper_election::testing::{Fault as LockFault, Operation};
use groupkeeper_election::{LockKey, LockService};
use groupkeeper_registry::peer::Standing;
use groupkeeper_types::{Epoch, Nonce, Revision, Stamp};

use crate::fleet::{KEY, Node, World, addr, group, leader, names, seconds, until};

fn leads(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| node.registry.is_leader())
}

/// Gateway 7, which starts alone and holds the lock.
async fn first(world: &mut World, store: &MemoryAssignmentStore) -> Node {
    let node = world.start_on(&addr(7), Arc::new(store.clone()));
    until("it holds the lock", || {
        node.status().lock_owner == Some(addr(7).to_string())
    })
    .await;
    node
}

#[tokio::test(start_paused = true)]
async fn who_can_t_read_a_failover_s_rule_does_not_keep_the_lock() {
    let mut world = World::new();
    let stamp = Stamp::new(Epoch::new(3), Revision::new(9));
    let among = vec![(addr(9), NonZeroU32::MIN)];
    let failover = Failover::new(stamp, vec![addr(8)], "rendezvous/2", among).unwrap();
    let none = Expected::DoesNotExist;
    let record = LeaderRecord {
        revision: stamp.revision,
        settled: stamp,
        failovers: Failovers::new(vec![Arc::new(failover)]).unwrap(),
        ..none.begun_by(&World::record(&addr(9), 99), stamp.epoch, Nonce::new(5))
    };
    world.store.begin(&none, &record).await.unwrap();
    let node = world.start(1);
    until("it says why", || node.status().problem.is_some()).await;
    let key = LockKey::new(KEY).unwrap();
    // Whoever tries meanwhile gets it, and nobody waits for a try of this one.
    for _ in 0..60 {
        tokio::time::sleep(seconds(1)).await;
        assert_eq!(world.locks.owner(&key).await.unwrap(), None);
    }
}

#[tokio::test(start_paused = true)]
async fn who_reaches_the_lock_and_not_the_store_lets_others_lead() {
    for hangs in [false, true] {
        let mut world = World::new();
        let cut = world.store.seen_from_elsewhere();
        if hangs {
            for call in [Call::Record, Call::Begin, Call::Verify] {
                cut.fault_always(call, Fault::HeldRequest(Gate::new()));
            }
        } else {
            cut.outage();
        }
        let _cut = first(&mut world, &cut).await;
        let nodes = [world.start(1), world.start(2), world.start(3)];
        until("one of the others leads", || leads(&nodes)).await;
        nodes[0].coordinators(&names(3)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn who_reads_the_store_and_can_t_write_lets_others_lead() {
    let mut world = World::new();
    let cut = world.store.seen_from_elsewhere();
    for call in [Call::Begin, Call::Commit, Call::Verify] {
        cut.fault_always(call, Fault::Unavailable);
    }
    let _cut = first(&mut world, &cut).await;
    let nodes = [world.start(1), world.start(2)];
    until("one of the others leads", || leads(&nodes)).await;
}

#[tokio::test(start_paused = true)]
async fn a_fleet_whose_store_is_back_leads_again_at_once() {
    let mut world = World::new();
    world.store.outage();
    let nodes = [world.start(1), world.start(2), world.start(3)];
    tokio::time::sleep(seconds(600)).await;
    assert!(!leads(&nodes));
    world.store.heal();
    let mut waited = 0;
    while !leads(&nodes) {
        tokio::time::sleep(seconds(1)).await;
        waited += 1;
        assert!(waited <= 4, "longer than a change of leader takes");
    }
}

#[tokio::test(start_paused = true)]
async fn a_leader_that_alone_has_lost_the_store_lets_others_lead() {
    let mut world = World::new();
    let own = world.store.seen_from_elsewhere();
    let led = first(&mut world, &own).await;
    until("it leads", || led.registry.is_leader()).await;
    let nodes = [world.start(1), world.start(2), world.start(3)];
    for node in &nodes {
        assert!(node.registry.wait_until_member(seconds(5)).await);
    }
    let before = nodes[0].coordinators(&names(12)).await;
    own.outage();
    until("one of the others leads", || leads(&nodes)).await;
    assert!(!led.registry.is_leader());
    // It finds no leader without the store, and so loses what it has; nobody else does.
    tokio::time::sleep(seconds(10)).await;
    let after = nodes[1].coordinators(&names(12)).await;
    for (old, new) in before.iter().zip(&after) {
        assert_ne!(*new, led.addr());
        assert!(old == new || *old == led.addr());
    }
    own.heal();
    until("it is a member again", || {
        led.status().standing == Some(Standing::Member)
    })
    .await;
    assert_eq!(nodes[1].coordinators(&names(12)).await, after);
}

#[tokio::test(start_paused = true)]
async fn a_leader_whose_store_is_away_for_all_goes_on_answering() {
    let mut world = World::new();
    let nodes = world.start_fleet(3).await;
    let led = leader(&nodes);
    let before = nodes[led].coordinators(&names(12)).await;
    for node in &nodes {
        node.coordinators(&names(12)).await;
    }
    world.store.outage();
    for _ in 0..60 {
        tokio::time::sleep(seconds(1)).await;
        assert!(nodes[led].registry.is_leader());
        for node in &nodes {
            assert_eq!(node.coordinators(&names(12)).await, before);
        }
    }
    assert!(nodes[led].registry.owns(&group("group-0000")).is_err());
}

/// Each of its renewals and tries is granted, and no answer comes back.
#[tokio::test(start_paused = true)]
async fn a_leader_that_is_heard_and_hears_nothing_lets_others_lead() {
    for luck in 0..40 {
        let mut world = World::new();
        world.lives = 3 * luck;
        let own = world.store.seen_from_elsewhere();
        let led = first(&mut world, &own).await;
        until("it leads", || led.registry.is_leader()).await;
        let nodes = [world.start(1), world.start(2)];
        for node in &nodes {
            assert!(node.registry.wait_until_member(seconds(5)).await);
        }
        for operation in Operation::ALL {
            led.lock_faults.always(operation, LockFault::LoseAnswer);
        }
        own.outage();
        let cut = tokio::time::Instant::now();
        until("one of the others leads", || leads(&nodes)).await;
        // The last renewal it sends is granted 2 s after the last one that is answered.
        assert!(cut.elapsed() <= seconds(5), "{:?}", cut.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn a_leader_without_store_and_company_lets_others_lead() {
    let mut world = World::new();
    let own = world.store.seen_from_elsewhere();
    let led = first(&mut world, &own).await;
    until("it leads", || led.registry.is_leader()).await;
    let nodes = [world.start(1), world.start(2)];
    for node in &nodes {
        assert!(node.registry.wait_until_member(seconds(5)).await);
    }
    own.outage();
    for node in &nodes {
        world.network.cut(&node.rpc(), &led.rpc());
        world.network.cut(&led.rpc(), &node.rpc());
    }
    until("one of the others leads", || leads(&nodes)).await;
}
