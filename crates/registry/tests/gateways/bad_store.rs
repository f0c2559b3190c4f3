//! A store and a lock service that misbehave: nothing is decided on a doubt (G3, G6).

use std::collections::BTreeMap;

use crate::fleet::{KEY, World, group, leader, names, seconds, until};
use groupkeeper_assignment_store::AssignmentStore;
use groupkeeper_assignment_store::memory::{Call, Fault, Gate};
use groupkeeper_election::{LockKey, LockOwner, LockService};
use groupkeeper_hashing::node_id;
use groupkeeper_registry::peer::{Directory, PeerError};
use groupkeeper_types::GatewayAddr;

#[tokio::test(start_paused = true)]
async fn without_the_store_known_groups_are_answered_and_new_ones_wait() {
    let mut world = World::new();
    let nodes = world.start_fleet(3).await;
    let names = names(30);
    let before = nodes[0].coordinators(&names).await;
    for node in &nodes {
        node.coordinators(&names).await;
    }
    world.store.outage();
    for _ in 0..10 {
        for node in &nodes {
            for (name, old) in names.iter().zip(&before) {
                assert_eq!(node.find(name).await.unwrap().decision.coordinator, *old);
            }
        }
        let error = nodes[0].find("new").await.unwrap_err();
        assert!(matches!(error, PeerError::NotAvailable { .. }), "{error}");
        tokio::time::sleep(seconds(1)).await;
    }
    world.store.heal();
    let new = nodes[0].coordinator("new").await;
    assert_eq!(nodes[1].coordinator("new").await, new);
    assert_eq!(nodes[2].coordinators(&names).await, before);
}

#[tokio::test(start_paused = true)]
async fn who_gets_no_answer_from_the_store_is_told_what_was_asked() {
    let mut world = World::new();
    let nodes = world.start_fleet(2).await;
    let led = leader(&nodes);
    let follower = &nodes[1 - led];
    world.network.cut(&follower.rpc(), &nodes[led].rpc());
    until("its session is over", || !follower.status().fresh).await;
    for (call, asked) in [
        (Call::Record, "the leader record"),
        (Call::Load, "the group"),
        (Call::Verify, "confirm the leader record"),
    ] {
        world
            .store
            .fault_always(call, Fault::HeldRequest(Gate::new()));
        let error = follower.registry.get(&group(asked)).await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains("no answer from the store within"), "{text}");
        assert!(text.contains(asked), "{text}");
        world.store.heal();
    }
}

#[tokio::test(start_paused = true)]
async fn a_commit_whose_answer_is_lost_is_made_once() {
    let mut world = World::new();
    let nodes = world.start_fleet(3).await;
    let before = nodes[0].status().stamp;
    world.store.fault(Call::Commit, Fault::LostAnswer);
    world.store.fault(Call::Commit, Fault::Unavailable);
    let found = nodes[0].coordinator("lost").await;
    for node in &nodes {
        assert_eq!(node.coordinator("lost").await, found);
    }
    let record = world.store.record().await.unwrap().unwrap();
    assert_eq!(record.epoch, before.epoch, "nobody was deposed by it");
    assert_eq!(record.revision.get(), before.revision.get() + 1);
}

#[tokio::test(start_paused = true)]
async fn a_commit_that_lands_late_is_not_made_twice() {
    let mut world = World::new();
    let nodes = world.start_fleet(2).await;
    world.store.fault(Call::Commit, Fault::Late);
    let found = nodes[0].coordinator("late").await;
    // The first try arrives after its repetition.
    drop(world.store.land_late().unwrap());
    let moved = nodes[0]
        .registry
        .reassign(&group("late"), None)
        .await
        .unwrap();
    assert_ne!(moved.decision.coordinator, found);
    tokio::time::sleep(seconds(1)).await;
    assert_eq!(nodes[1].registry.get(&group("late")).await.unwrap(), moved);
}

#[tokio::test(start_paused = true)]
async fn a_listing_that_fails_is_not_a_store_that_is_empty() {
    let mut world = World::new();
    let nodes = world.start_fleet(2).await;
    let names = names(40);
    let before = nodes[0].coordinators(&names).await;
    for node in &nodes {
        node.registry.stop(false, seconds(5)).await.unwrap();
    }
    drop(nodes);
    world.store.fault_always(Call::List, Fault::StopsAfter(3));
    world.store.fault(Call::Gateways, Fault::Unavailable);
    let nodes = world.start_fleet(2).await;
    assert_eq!(nodes[0].coordinators(&names).await, before);
    assert_eq!(
        nodes[leader(&nodes)].status().assignments,
        None,
        "it does not know all"
    );
    world.store.heal();
    until("all is loaded", || {
        nodes[leader(&nodes)].status().assignments == Some(40)
    })
    .await;
    assert_eq!(nodes[1].coordinators(&names).await, before);
}

#[tokio::test(start_paused = true)]
async fn an_unreadable_assignment_is_not_no_assignment() {
    let mut world = World::new();
    let nodes = world.start_fleet(2).await;
    nodes[0].coordinator("torn").await;
    drop(nodes);
    tokio::time::sleep(seconds(5)).await;
    world.store.corrupt(&group("torn"));
    let nodes = world.start_fleet(2).await;
    until("it is seen", || {
        nodes[leader(&nodes)].status().unreadable == 1
    })
    .await;
    for node in &nodes {
        let error = node.find("torn").await.unwrap_err();
        assert!(matches!(error, PeerError::NotAvailable { .. }), "{error}");
    }
    nodes[0].coordinator("whole").await;
    world.store.load(&group("torn")).await.unwrap_err();
}

#[tokio::test(start_paused = true)]
async fn a_record_that_went_backwards_does_not_bring_an_old_epoch_back() {
    let mut world = World::new();
    let nodes = world.start_fleet(2).await;
    let old = world.store.record().await.unwrap();
    let found = nodes[0].coordinator("kept").await;
    let epoch = nodes[0].status().stamp.epoch;
    world.store.restore_record(old.as_ref());
    until("a higher epoch begins", || {
        nodes[0].status().stamp.epoch > epoch
    })
    .await;
    for node in &nodes {
        assert_eq!(node.coordinator("kept").await, found);
    }
    // Nor does a record that is gone altogether.
    let epoch = nodes[0].status().stamp.epoch;
    world.store.restore_record(None);
    until("a higher epoch begins", || {
        nodes[0].status().stamp.epoch > epoch
    })
    .await;
    for node in &nodes {
        assert_eq!(node.coordinator("kept").await, found);
    }
}

#[tokio::test(start_paused = true)]
async fn of_two_that_hold_the_lock_the_newer_epoch_leads() {
    let mut world = World::new();
    let nodes = world.start_fleet(3).await;
    let names = names(30);
    let before = nodes[0].coordinators(&names).await;
    let old = leader(&nodes);
    world.locks.admit_another(&LockKey::new(KEY).unwrap());
    until("another begins an epoch", || {
        (0..3).any(|i| i != old && nodes[i].registry.is_leader())
    })
    .await;
    tokio::time::sleep(seconds(2)).await;
    let new = leader(&nodes);
    assert_ne!(new, old, "the idle old leader has noticed");
    for node in &nodes {
        assert_eq!(node.coordinators(&names).await, before);
    }
}

#[tokio::test(start_paused = true)]
async fn a_deposed_leader_writes_nothing() {
    let mut world = World::new();
    let mut nodes = world.start_fleet(2).await;
    let old = nodes.remove(leader(&nodes));
    let before = old.coordinator("fenced").await;
    // Its next commit is held on its way, until another leads.
    let gate = Gate::new();
    world
        .store
        .fault(Call::Commit, Fault::HeldRequest(gate.clone()));
    let mut late = tokio::task::JoinSet::new();
    late.spawn({
        let registry = old.registry.clone();
        async move { registry.reassign(&group("fenced"), None).await }
    });
    gate.reached(1).await;
    world.clock.jump(seconds(5));
    until("another leads", || nodes[0].registry.is_leader()).await;
    gate.release();
    assert!(late.join_next().await.unwrap().unwrap().is_err());
    tokio::time::sleep(seconds(1)).await;
    let stored = world.store.load(&group("fenced")).await.unwrap().unwrap();
    assert_eq!(stored.coordinator, before);
}

#[tokio::test(start_paused = true)]
async fn two_addresses_with_one_node_id_are_not_both_let_in() {
    let mut seen = BTreeMap::new();
    let (first, second) = (1..)
        .find_map(|n: u32| {
            let addr = GatewayAddr::new(&format!("host-{n}:9092")).unwrap();
            seen.insert(node_id(&addr), addr.clone())
                .map(|other| (other, addr))
        })
        .unwrap();
    let mut world = World::new();
    let nodes = [world.start_at(&first), world.start_at(&second)];
    until("one is told", || {
        nodes.iter().any(|node| node.status().problem.is_some())
    })
    .await;
    let problems: Vec<_> = nodes
        .iter()
        .filter_map(|node| node.status().problem)
        .collect();
    assert_eq!(problems.len(), 1, "{problems:?}");
    let problem = &problems[0];
    for part in [first.as_str(), second.as_str(), "node ID", "--advertise"] {
        assert!(problem.contains(part), "{problem}");
    }
    assert_eq!(
        nodes[0]
            .registry
            .members()
            .len()
            .max(nodes[1].registry.members().len()),
        1
    );
}

#[tokio::test(start_paused = true)]
async fn who_stops_without_a_store_releases_the_lock_all_the_same() {
    let mut world = World::new();
    let mut nodes = world.start_fleet(2).await;
    nodes[0].coordinators(&names(10)).await;
    let led = nodes.remove(leader(&nodes));
    world.store.outage();
    let error = led.registry.stop(true, seconds(3)).await.unwrap_err();
    assert!(error.to_string().contains("handed over"), "{error}");
    let owner = world
        .locks
        .owner(&LockKey::new(KEY).unwrap())
        .await
        .unwrap();
    assert_ne!(owner, Some(LockOwner::new(led.addr().as_str())));
    led.registry.stop(true, seconds(3)).await.unwrap();
}
