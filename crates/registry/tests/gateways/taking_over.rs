//! A new leader puts right what the one before left half done, and nobody goes on with what is old.

use std::time::Duration;

use crate::fleet::{KEY, World, group, leader, names, seconds, until};
use groupkeeper_assignment_store::memory::{Call, Fault, Gate};
use groupkeeper_assignment_store::{Assignment, AssignmentStore, Change, Commit, LeaderRecord};
use groupkeeper_election::{LockKey, LockOwner, LockRequest, LockService};
use groupkeeper_registry::peer::Directory;
use groupkeeper_types::{GatewayAddr, Nonce, Stamp, WallTime};

/// Writes an assignment as the reference does: the file, and not the record.
async fn write_as_the_reference(world: &World, name: &str, coordinator: &GatewayAddr) {
    let record = world.store.record().await.unwrap().unwrap();
    let next = LeaderRecord {
        revision: record.revision.next(),
        nonce: Nonce::new(record.nonce.get() ^ 1),
        ..record.clone()
    };
    let assignment = Assignment {
        group: group(name),
        coordinator: coordinator.clone(),
        stamp: Stamp::ZERO,
        assigned_at: WallTime::EPOCH,
    };
    let commit = Commit::new(record.clone(), next, vec![Change::Assign(assignment)]).unwrap();
    world.store.commit(&commit).await.unwrap();
    world.store.restore_record(Some(&record));
}

#[tokio::test(start_paused = true)]
async fn what_the_reference_wrote_over_ours_is_what_everybody_answers() {
    let mut world = World::new();
    let mut nodes = world.start_fleet(3).await;
    let names = names(30);
    let before = nodes[0].coordinators(&names).await;
    for node in &nodes {
        node.coordinators(&names).await;
    }
    tokio::time::sleep(seconds(1)).await;
    drop(nodes.remove(leader(&nodes)));
    // The reference gets the lock before either of ours.
    for node in &nodes {
        node.lock_faults.cut_off();
    }
    tokio::time::sleep(seconds(3)).await;
    let key = LockKey::new(KEY).unwrap();
    let request = LockRequest {
        key: key.clone(),
        owner: LockOwner::new("reference:9093"),
        ttl: seconds(2),
    };
    let token = world.locks.acquire(&request).await.unwrap();
    let [one, other] = [nodes[0].addr(), nodes[1].addr()];
    let moved = before.iter().position(|found| *found == one).unwrap();
    write_as_the_reference(&world, &names[moved], &other).await;
    world.locks.release(&key, &token).await.unwrap();
    nodes[1].lock_faults.heal();
    until("one of ours leads", || nodes[1].registry.is_leader()).await;
    nodes[0].lock_faults.heal();
    tokio::time::sleep(seconds(3)).await;
    for node in &nodes {
        assert_eq!(node.coordinator(&names[moved]).await, other);
    }
}

#[tokio::test(start_paused = true)]
async fn who_was_taken_in_and_not_stored_says_its_first_words_to_the_next_leader_too() {
    let mut world = World::new();
    let mut nodes = world.start_fleet(3).await;
    let names = names(60);
    let before = nodes[0].coordinators(&names).await;
    let led = leader(&nodes);
    let restarted = nodes[(led + 1) % 3].addr();
    let first_leader = nodes[led].addr();
    nodes.retain(|node| node.addr() != restarted);
    tokio::time::sleep(Duration::from_millis(500)).await;
    world
        .store
        .fault(Call::Commit, Fault::HeldRequest(Gate::new()));
    let again = world.start_at(&restarted);
    again.lock_faults.cut_off();
    until("it is taken in", || again.status().standing.is_some()).await;
    nodes.retain(|node| node.addr() != first_leader);
    until("another leads", || nodes[0].registry.is_leader()).await;
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(again.status().problem, None);
    }
    let after = nodes[0].coordinators(&names).await;
    for (old, new) in before.iter().zip(&after) {
        assert!(*old != restarted || old == new, "its groups are kept");
    }
}

#[tokio::test(start_paused = true)]
async fn where_the_store_lost_a_move_nobody_goes_on_answering_with_it() {
    let mut world = World::new();
    let nodes = world.start_fleet(2).await;
    let follower = &nodes[1 - leader(&nodes)];
    for node in &nodes {
        node.coordinator("g").await;
    }
    let before = world.store.snapshot();
    Directory::reassign(&follower.registry, &group("g"), None)
        .await
        .unwrap();
    tokio::time::sleep(seconds(1)).await;
    world.store.restore(&before);
    tokio::time::sleep(seconds(20)).await;
    assert_eq!(
        nodes[0].coordinator("g").await,
        nodes[1].coordinator("g").await
    );
}

#[tokio::test(start_paused = true)]
async fn a_leader_that_hangs_keeps_nobody_from_the_next() {
    for offset in 0..12 {
        let mut world = World::new();
        let nodes = world.start_fleet(3).await;
        tokio::time::sleep(Duration::from_millis(50 * offset)).await;
        let led = leader(&nodes);
        for follower in (0..3).filter(|i| *i != led) {
            world.network.cut(&nodes[follower].rpc(), &nodes[led].rpc());
        }
        nodes[led].lock_faults.cut_off();
        let next = || (0..3).find(|i| *i != led && nodes[*i].registry.is_leader());
        until("another leads", || next().is_some()).await;
        let next = next().unwrap();
        let epoch = nodes[next].status().stamp.epoch;
        // One look at the record, and one heartbeat, whatever is under way to the one that hangs.
        tokio::time::sleep(Duration::from_millis(450)).await;
        assert_eq!(
            nodes[3 - led - next].status().stamp.epoch,
            epoch,
            "{offset}"
        );
    }
}
