//! Leaders and coordinators die, stop, and come back.

use std::time::Duration;

use crate::fleet::{World, addr, group, leader, names, seconds, until};
use groupkeeper_assignment_store::memory::{Call, Fault};
use groupkeeper_assignment_store::{
    Assignment, AssignmentStore, Change, Commit, Expected, Failovers, LeaderRecord,
};
use groupkeeper_registry::peer::Standing;
use groupkeeper_types::{Epoch, Incarnation, Nonce, Revision, RpcAddr, Stamp, WallTime};

#[tokio::test(start_paused = true)]
async fn a_change_of_leader_moves_nothing_that_lives() {
    let mut world = World::new();
    let mut nodes = world.start_fleet(3).await;
    let names = names(60);
    let before = nodes[0].coordinators(&names).await;
    let dead = nodes.remove(leader(&nodes)).addr();
    until("another leads", || {
        nodes.iter().any(|node| node.registry.is_leader())
    })
    .await;
    // While the dead one's lease may last, its groups keep their name; then they move, and only they.
    for node in &nodes {
        for (name, old) in names.iter().zip(&before) {
            if *old != dead {
                assert_eq!(node.coordinator(name).await, *old, "{name}");
            }
        }
    }
    tokio::time::sleep(seconds(6)).await;
    let after = nodes[0].coordinators(&names).await;
    assert_eq!(nodes[1].coordinators(&names).await, after);
    for (old, new) in before.iter().zip(&after) {
        assert_ne!(*new, dead);
        assert!(old == new || *old == dead);
    }
}

#[tokio::test(start_paused = true)]
async fn look_ups_of_living_coordinators_never_fail_while_nobody_leads() {
    let mut world = World::new();
    let mut nodes = world.start_fleet(3).await;
    let names = names(30);
    let before = nodes[0].coordinators(&names).await;
    for node in &nodes {
        node.coordinators(&names).await;
    }
    let dead = nodes.remove(leader(&nodes)).addr();
    for _ in 0..80 {
        for (name, old) in names.iter().zip(&before).filter(|(_, old)| **old != dead) {
            for node in &nodes {
                let found = node
                    .find(name)
                    .await
                    .unwrap_or_else(|e| panic!("{name}: {e}"));
                assert_eq!(found.decision.coordinator, *old);
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(
        nodes
            .iter()
            .filter(|node| node.registry.is_leader())
            .count(),
        1
    );
}

#[tokio::test(start_paused = true)]
async fn a_coordinator_that_comes_back_in_time_keeps_its_groups() {
    let mut world = World::new();
    let mut nodes = world.start_fleet(3).await;
    let names = names(30);
    let before = nodes[0].coordinators(&names).await;
    let restarted = (leader(&nodes) + 1) % 3;
    drop(nodes.remove(restarted));
    tokio::time::sleep(seconds(2)).await;
    nodes.push(world.start(u16::try_from(restarted + 1).unwrap()));
    assert!(nodes[2].registry.wait_until_member(seconds(2)).await);
    tokio::time::sleep(seconds(10)).await;
    assert_eq!(nodes[2].coordinators(&names).await, before);
}

#[tokio::test(start_paused = true)]
async fn whoever_stops_hands_its_groups_over_first() {
    let mut world = World::new();
    let mut nodes = world.start_fleet(3).await;
    let names = names(60);
    let before = nodes[0].coordinators(&names).await;
    // A leader, then a follower.
    for stays in [2, 1] {
        let led = leader(&nodes);
        let stopped = nodes.remove(if stays == 2 { led } else { 1 - led });
        stopped.registry.stop(true, seconds(5)).await.unwrap();
        let gone = stopped.addr();
        drop(stopped);
        until("another leads", || {
            nodes.iter().any(|node| node.registry.is_leader())
        })
        .await;
        tokio::time::sleep(seconds(1)).await;
        let after = nodes[0].coordinators(&names).await;
        assert!(!after.contains(&gone));
        for (old, new) in before.iter().zip(&after) {
            assert!(
                old == new || *old != nodes[0].addr(),
                "a group of one that stays moved"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn when_the_last_one_stops_its_assignments_stay() {
    let mut world = World::new();
    let nodes = world.start_fleet(1).await;
    let names = names(10);
    nodes[0].coordinators(&names).await;
    nodes[0].registry.stop(true, seconds(5)).await.unwrap();
    drop(nodes);
    let other = world.start(2);
    // Another gateway finds the assignments, waits out the lease of the one they name, and moves
    // them; the same one, started again, keeps them.
    assert_eq!(other.coordinator(&names[0]).await, addr(1));
    let again = world.start(1);
    assert!(again.registry.wait_until_member(seconds(3)).await);
    tokio::time::sleep(seconds(10)).await;
    assert!(
        again
            .coordinators(&names)
            .await
            .iter()
            .all(|found| *found == addr(1))
    );
}

#[tokio::test(start_paused = true)]
async fn a_fleet_that_stops_as_a_whole_finds_everything_as_it_was() {
    let mut world = World::new();
    let nodes = world.start_fleet(3).await;
    let names = names(60);
    let before = nodes[0].coordinators(&names).await;
    for node in &nodes {
        node.registry.stop(false, seconds(5)).await.unwrap();
    }
    drop(nodes);
    let nodes = world.start_fleet(3).await;
    assert_eq!(nodes[2].coordinators(&names).await, before);
}

fn old_leader() -> LeaderRecord {
    LeaderRecord {
        epoch: Epoch::new(7),
        revision: Revision::new(3),
        leader: addr(9),
        incarnation: Incarnation::new(9),
        rpc: RpcAddr::new("gateway-9:19009").expect("an address"),
        nonce: Nonce::new(1),
        settled: Stamp::ZERO,
        failovers: Failovers::default(),
        leases: None,
        lineage: Default::default(),
        floor: Stamp::ZERO,
        other: Default::default(),
    }
}

#[tokio::test(start_paused = true)]
async fn half_of_a_commit_is_decided_again_before_it_is_answered() {
    let mut world = World::new();
    // A leader of old gave `half` to gateway 2 in a commit that never became whole.
    let record = old_leader();
    world
        .store
        .begin(&Expected::DoesNotExist, &record)
        .await
        .unwrap();
    let next = LeaderRecord {
        revision: Revision::new(4),
        nonce: Nonce::new(2),
        ..record.clone()
    };
    let half = Assignment {
        group: group("half"),
        coordinator: addr(2),
        stamp: next.stamp(),
        assigned_at: WallTime::EPOCH,
    };
    let changes = vec![Change::Assign(half), Change::Unassign(group("never"))];
    let commit = Commit::new(record, next, changes).unwrap();
    world.store.fault(Call::Commit, Fault::StopsAfter(1));
    world.store.commit(&commit).await.unwrap_err();

    let nodes = [world.start(1), world.start(2)];
    for node in &nodes {
        let found = {
            assert_eq!(node.coordinator("half").await, addr(2));
            node.find("half").await.unwrap()
        };
        assert_eq!(
            found.decision.stamp.epoch.number(),
            8,
            "decided in the new epoch"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_reference_gave_out_is_kept() {
    let mut world = World::new();
    let record = old_leader();
    world
        .store
        .begin(&Expected::DoesNotExist, &record)
        .await
        .unwrap();
    let next = LeaderRecord {
        revision: Revision::new(4),
        nonce: Nonce::new(2),
        ..record.clone()
    };
    let given = Assignment {
        group: group("given"),
        coordinator: addr(2),
        stamp: Stamp::ZERO,
        assigned_at: WallTime::EPOCH,
    };
    let commit = Commit::new(record, next, vec![Change::Assign(given)]).unwrap();
    world.store.commit(&commit).await.unwrap();
    let first = world.start(1);
    // Its coordinator is not there yet, and is given one lease to come.
    assert_eq!(first.coordinator("given").await, addr(2));
    let second = world.start(2);
    assert!(second.registry.wait_until_member(seconds(3)).await);
    tokio::time::sleep(seconds(10)).await;
    assert_eq!(first.coordinator("given").await, addr(2));
    assert_eq!(second.coordinator("given").await, addr(2));
}

#[tokio::test(start_paused = true)]
async fn a_second_process_at_an_address_takes_its_place_and_the_first_is_told() {
    let mut world = World::new();
    let nodes = world.start_fleet(2).await;
    let follower = 1 - leader(&nodes);
    let second = world.start(u16::try_from(follower + 1).unwrap());
    assert!(second.registry.wait_until_member(seconds(3)).await);
    tokio::time::sleep(seconds(2)).await;
    let problem = nodes[follower].status().problem.unwrap();
    assert!(problem.contains("process"), "{problem}");
    until("the first one's lease is over", || {
        second.status().standing == Some(Standing::Member)
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_leader_that_was_suspended_past_its_term_knows_it_at_once() {
    let mut world = World::new();
    let nodes = world.start_fleet(2).await;
    let led = leader(&nodes);
    nodes[led].coordinator("kept").await;
    assert!(nodes[led].registry.known("kept").is_some());
    world.clock.jump(seconds(5));
    assert!(!nodes[led].registry.is_leader());
    assert!(
        nodes[led].registry.known("kept").is_none(),
        "its view is no longer fresh"
    );
    until("somebody leads again", || {
        nodes.iter().any(|node| node.registry.is_leader())
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_leader_whose_renewals_are_lost_steps_down_before_another_leads() {
    let mut world = World::new();
    let nodes = world.start_fleet(3).await;
    let names = names(30);
    let before = nodes[0].coordinators(&names).await;
    let cut_off = leader(&nodes);
    nodes[cut_off].lock_faults.cut_off();
    for _ in 0..800 {
        let leaders = nodes
            .iter()
            .filter(|node| node.registry.is_leader())
            .count();
        assert!(leaders <= 1, "two lead at once");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_ne!(leader(&nodes), cut_off);
    for node in &nodes {
        assert_eq!(node.coordinators(&names).await, before);
    }
}
