//! One owner (G2): at any moment at most one gateway may act as a group's coordinator.

use std::time::Duration;

use groupkeeper_election::LockKey;
use groupkeeper_registry::NotOwner;
use groupkeeper_registry::peer::{Directory, PeerError, Standing};
use groupkeeper_types::Clock as _;

use crate::fleet::{KEY, Node, World, group, leader, names, seconds, until};

/// Who may act for a group at this moment.
fn owners(nodes: &[Node], name: &str) -> Vec<String> {
    let owns = |node: &&Node| node.registry.owns(&group(name)).is_ok();
    nodes
        .iter()
        .filter(owns)
        .map(|node| node.addr().to_string())
        .collect()
}

/// Waits for so long, and looks every 5 ms that nobody shares a group.
async fn watch(nodes: &[Node], names: &[String], span: Duration) {
    let mut left = span;
    while !left.is_zero() {
        for name in names {
            let owners = owners(nodes, name);
            assert!(owners.len() <= 1, "{name} is owned by {owners:?}");
        }
        let pause = left.min(Duration::from_millis(5));
        tokio::time::sleep(pause).await;
        left -= pause;
    }
}

/// Lets every coordinator take what it was given, as a client's requests do.
async fn claim_all(nodes: &[Node], names: &[String]) {
    for name in names {
        let coordinator = nodes[0].coordinator(name).await;
        let node = nodes.iter().find(|node| node.addr() == coordinator);
        let node = node.unwrap_or_else(|| panic!("{coordinator} has {name} and does not run"));
        for _ in 0..10 {
            if node.registry.claim(&group(name)).await.is_ok() {
                break;
            }
        }
        assert_eq!(owners(nodes, name), [coordinator.to_string()], "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_coordinator_owns_and_nobody_else() {
    let mut world = World::new();
    let nodes = world.start_fleet(3).await;
    let names = names(30);
    claim_all(&nodes, &names).await;
    for name in &names {
        let found = nodes[0].find(name).await.unwrap().decision;
        for node in &nodes {
            match node.registry.claim(&group(name)).await {
                Ok(guard) => {
                    assert_eq!(node.addr(), found.coordinator);
                    assert_eq!((guard.token(), guard.is_valid()), (found.stamp, true));
                }
                Err(NotOwner::NotCoordinator { coordinator }) => {
                    assert_ne!(node.addr(), found.coordinator);
                    assert_eq!(coordinator, Some(found.coordinator.clone()));
                }
                Err(error) => panic!("{error}"),
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn who_gets_a_stopped_leader_s_groups_owns_them_at_once() {
    let mut world = World::new();
    let mut nodes = world.start_fleet(3).await;
    let names = names(30);
    claim_all(&nodes, &names).await;
    for node in &nodes {
        node.coordinators(&names).await;
    }
    let led = nodes.remove(leader(&nodes));
    led.registry.stop(true, seconds(5)).await.unwrap();
    let all_owned = || names.iter().all(|name| owners(&nodes, name).len() == 1);
    let clock = world.clock.clone();
    let stopped = clock.now();
    until("each group has an owner", all_owned).await;
    let took = clock.now().since(stopped);
    assert!(
        took < Duration::from_millis(500),
        "{took:?}: they waited for a lease"
    );
    watch(&nodes, &names, seconds(10)).await;
    drop(led);
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_is_cut_off_lets_go_before_another_takes_over() {
    let mut world = World::new();
    let nodes = world.start_fleet(3).await;
    let names = names(30);
    claim_all(&nodes, &names).await;
    let led = leader(&nodes);
    let lost = &nodes[(led + 1) % 3];
    let its: Vec<String> = names
        .iter()
        .filter(|name| lost.registry.owns(&group(name)).is_ok())
        .cloned()
        .collect();
    assert!(!its.is_empty());
    // It hears nothing more, though what it says arrives.
    for node in &nodes {
        world.network.cut(&node.rpc(), &lost.rpc());
    }
    watch(&nodes, &names, seconds(8)).await;
    world.network.cut(&lost.rpc(), &nodes[led].rpc());
    watch(&nodes, &names, seconds(8)).await;
    for name in &its {
        let coordinator = nodes[led].coordinator(name).await;
        assert_ne!(coordinator, lost.addr());
    }
    world.network.heal();
    watch(&nodes, &names, seconds(3)).await;
    claim_all(&nodes, &names).await;
}

#[tokio::test(start_paused = true)]
async fn a_group_is_given_up_before_another_gets_it() {
    let mut world = World::new();
    let nodes = world.start_fleet(3).await;
    let names = names(12);
    claim_all(&nodes, &names).await;
    for name in &names {
        let before = nodes[0].coordinator(name).await;
        let old = nodes.iter().find(|node| node.addr() == before).unwrap();
        let guard = old.registry.owns(&group(name)).unwrap();
        let registry = nodes[0].registry.clone();
        let (moving, group) = (group(name), name);
        let mut move_it = tokio::task::JoinSet::new();
        move_it.spawn(async move { registry.reassign(&moving, None).await });
        watch(&nodes, &names, seconds(1)).await;
        let moved = move_it.join_next().await.unwrap().unwrap().unwrap();
        assert_ne!(moved.decision.coordinator, before, "{group}");
        assert!(!guard.is_valid());
        assert!(
            moved.decision.stamp > guard.token(),
            "the new token is newer"
        );
    }
    claim_all(&nodes, &names).await;
}

#[tokio::test(start_paused = true)]
async fn while_the_store_is_away_acting_ends_and_look_ups_go_on() {
    let mut world = World::new();
    let nodes = world.start_fleet(3).await;
    let names = names(20);
    claim_all(&nodes, &names).await;
    for node in &nodes {
        node.coordinators(&names).await;
    }
    world.store.outage();
    tokio::time::sleep(seconds(5)).await;
    for name in &names {
        assert_eq!(owners(&nodes, name), Vec::<String>::new(), "{name}");
        nodes[0].find(name).await.unwrap();
    }
    world.store.heal();
    tokio::time::sleep(seconds(2)).await;
    claim_all(&nodes, &names).await;
}

#[tokio::test(start_paused = true)]
async fn a_change_of_leader_takes_nothing_from_anybody() {
    let mut world = World::new();
    let mut nodes = world.start_fleet(3).await;
    let names = names(30);
    claim_all(&nodes, &names).await;
    let dead = nodes.remove(leader(&nodes)).addr();
    let its: Vec<String> = names
        .iter()
        .filter(|name| owners(&nodes, name).len() == 1)
        .cloned()
        .collect();
    for _ in 0..120 {
        for name in &its {
            assert_eq!(owners(&nodes, name).len(), 1, "{name} is always owned");
        }
        watch(&nodes, &names, Duration::from_millis(50)).await;
    }
    assert_ne!(nodes[leader(&nodes)].addr(), dead);
    tokio::time::sleep(seconds(3)).await;
    claim_all(&nodes, &names).await;
}

#[tokio::test(start_paused = true)]
async fn of_two_leaders_neither_lets_two_own() {
    let mut world = World::new();
    let nodes = world.start_fleet(3).await;
    let names = names(20);
    claim_all(&nodes, &names).await;
    for round in 0..5 {
        let old = leader(&nodes);
        world.locks.admit_another(&LockKey::new(KEY).unwrap());
        // The old one can't reach the store's owner, and doesn't hear of the new one.
        watch(&nodes, &names, seconds(7)).await;
        until("one leads", || {
            nodes.iter().filter(|n| n.registry.is_leader()).count() == 1
        })
        .await;
        assert_ne!(leader(&nodes), old, "round {round}");
    }
    claim_all(&nodes, &names).await;
}

#[tokio::test(start_paused = true)]
async fn a_second_process_acts_only_when_the_first_one_s_lease_is_over() {
    let mut world = World::new();
    let mut nodes = world.start_fleet(3).await;
    let names = names(30);
    claim_all(&nodes, &names).await;
    let led = leader(&nodes);
    let first = (led + 1) % 3;
    let second = world.start_at(&nodes[first].addr());
    assert!(second.registry.wait_until_member(seconds(3)).await);
    assert_eq!(second.status().standing, Some(Standing::Settling));
    nodes.push(second);
    for _ in 0..40 {
        for name in &names {
            // Asked, it hears that it is named; that alone lets it do nothing.
            let second = nodes[3].registry.clone();
            drop(tokio::time::timeout(Duration::from_millis(3), second.claim(&group(name))).await);
        }
        watch(&nodes, &names, Duration::from_millis(100)).await;
    }
    until("it may act", || {
        nodes[3].status().standing == Some(Standing::Member)
    })
    .await;
    drop(nodes.remove(first));
    tokio::time::sleep(seconds(1)).await;
    claim_all(&nodes, &names).await;
}

#[tokio::test(start_paused = true)]
async fn a_drained_gateway_lives_on_without_groups() {
    let mut world = World::new();
    let mut nodes = world.start_fleet(3).await;
    let names = names(40);
    claim_all(&nodes, &names).await;
    let led = leader(&nodes);
    let drained = nodes[(led + 1) % 3].addr();
    nodes[(led + 2) % 3].registry.drain(&drained).await.unwrap();
    tokio::time::sleep(seconds(1)).await;
    claim_all(&nodes, &names).await;
    for name in &names {
        assert_ne!(nodes[0].coordinator(name).await, drained);
    }
    // The next leader goes on with it.
    drop(nodes.remove(led));
    tokio::time::sleep(seconds(8)).await;
    for name in crate::fleet::names(80) {
        assert_ne!(nodes[0].coordinator(&name).await, drained);
    }
    let nobody = nodes[0]
        .registry
        .drain(&crate::fleet::addr(9))
        .await
        .unwrap_err();
    assert!(matches!(nobody, PeerError::NotFound { .. }), "{nobody}");
    let other = nodes
        .iter()
        .map(Node::addr)
        .find(|addr| *addr != drained)
        .unwrap();
    let alone = nodes[0].registry.drain(&other).await.unwrap_err();
    assert!(matches!(alone, PeerError::Refused { .. }), "{alone}");
}
