//! The spans of SeaweedFS's own gateway keep promises of their own.

use std::time::Duration;

use crate::fleet::{Node, World, leader, names};
use groupkeeper_registry::{Config, Timing};
use tokio::time::Instant;

/// Every living gateway names a living coordinator for every group, asked again and again.
async fn all_are_answered_by(nodes: &[Node], names: &[String], limit: Duration) {
    let begun = Instant::now();
    for node in nodes {
        for name in names {
            loop {
                if let Ok(found) = node.find(name).await
                    && nodes
                        .iter()
                        .any(|it| it.addr() == found.decision.coordinator)
                {
                    break;
                }
                let waited = begun.elapsed();
                assert!(waited <= limit, "{name} after {waited:?}");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn fleet() -> (World, Vec<Node>, Timing) {
    let timing = Timing::reference();
    let mut world = World::new();
    world.config = Config {
        timing: timing.clone(),
        ..Config::default()
    };
    let nodes = world.start_fleet(4).await;
    (world, nodes, timing)
}

#[tokio::test(start_paused = true)]
async fn a_leader_is_followed_and_moves_nothing_that_lives() {
    let (_world, mut nodes, timing) = fleet().await;
    let names = names(40);
    let before = nodes[0].coordinators(&names).await;
    let dead = nodes.remove(leader(&nodes)).addr();
    let begun = Instant::now();
    while !nodes.iter().any(|node| node.registry.is_leader()) {
        assert!(begun.elapsed() <= timing.promises.leader);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    all_are_answered_by(&nodes, &names, timing.promises.both).await;
    let after = nodes[0].coordinators(&names).await;
    for (old, new) in before.iter().zip(&after) {
        assert!(old == new || *old == dead, "{old} {new}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_groups_of_a_dead_coordinator_are_answered_in_time() {
    let (_world, mut nodes, timing) = fleet().await;
    let names = names(40);
    nodes[0].coordinators(&names).await;
    let led = leader(&nodes);
    drop(nodes.remove((led + 1) % 4));
    all_are_answered_by(&nodes, &names, timing.promises.coordinator).await;
    // And where the leader dies with it.
    let led = leader(&nodes);
    let other = nodes.remove((led + 1) % 3).addr();
    let led = leader(&nodes);
    drop(nodes.remove(led));
    all_are_answered_by(&nodes, &names, timing.promises.both).await;
    let after = nodes[0].coordinators(&names).await;
    assert!(!after.contains(&other));
}
