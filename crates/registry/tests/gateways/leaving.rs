//! Who leaves hands over first, whatever else happens, and says so only when it is true.

use std::time::Duration;

use crate::fleet::{KEY, Node, World, leader, names, seconds, until};
use groupkeeper_assignment_store::memory::{Call, Fault, Gate};
use groupkeeper_election::LockKey;
use groupkeeper_registry::peer::{Heartbeat, Leave, PeerError, Standing};
use groupkeeper_types::GatewayAddr;

/// How many of these groups a gateway names one of `gone` for.
async fn left_at(node: &Node, names: &[String], gone: &[GatewayAddr]) -> usize {
    let found = node.coordinators(names).await;
    found.iter().filter(|found| gone.contains(found)).count()
}

async fn another_leads(nodes: &[Node]) {
    until("another leads", || {
        nodes.iter().any(|node| node.registry.is_leader())
    })
    .await;
    tokio::time::sleep(seconds(1)).await;
}

fn leave(node: &Node) -> Leave {
    let me = node.registry.me();
    Leave {
        gateway: me.addr.clone(),
        incarnation: me.incarnation,
        keep_groups: false,
    }
}

#[tokio::test(start_paused = true)]
async fn a_heartbeat_that_arrives_after_its_sender_has_left_brings_it_no_groups() {
    let mut world = World::new();
    let mut nodes = world.start_fleet(2).await;
    let gone = nodes.remove(1 - leader(&nodes));
    let me = gone.registry.me().clone();
    gone.registry.stop(true, seconds(4)).await.unwrap();
    drop(gone);
    let late = Heartbeat {
        gateway: me.clone(),
        announce: false,
        epoch: nodes[0].status().stamp.epoch,
        stood: nodes[0].status().stamp.epoch,
        applied: nodes[0].status().stamp,
        members_version: 0,
        revokes_heard: 0,
        given_up: Vec::new(),
        draining: false,
        unanswered: Duration::ZERO,
        store_decides: false,
    };
    let error = nodes[0].service.heartbeat(late).await.unwrap_err();
    assert!(matches!(error, PeerError::Refused { .. }), "{error}");
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(left_at(&nodes[0], &names(40), &[me.addr]).await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_leader_deposed_while_it_stops_does_not_campaign_again() {
    let mut world = World::new();
    let mut nodes = world.start_fleet(2).await;
    nodes[0].coordinators(&names(20)).await;
    let led = nodes.remove(leader(&nodes));
    let gate = Gate::new();
    world
        .store
        .fault(Call::Commit, Fault::HeldRequest(gate.clone()));
    let mut stopping = tokio::task::JoinSet::new();
    let registry = led.registry.clone();
    stopping.spawn(async move { registry.stop(true, seconds(5)).await });
    gate.reached(1).await;
    world.locks.admit_another(&LockKey::new(KEY).unwrap());
    until("another leads", || nodes[0].registry.is_leader()).await;
    gate.release();
    stopping.join_next().await.unwrap().unwrap().unwrap();
    drop(nodes);
    let third = world.start(3);
    tokio::time::sleep(seconds(10)).await;
    assert!(third.registry.is_leader(), "the stopped one has the lock");
}

#[tokio::test(start_paused = true)]
async fn a_leader_that_stops_before_it_has_read_its_groups_leaves_none_behind() {
    let mut world = World::new();
    let mut nodes = world.start_fleet(3).await;
    let names = names(60);
    nodes[0].coordinators(&names).await;
    let first = nodes.remove(leader(&nodes));
    nodes[0].lock_faults.cut_off();
    // It has groups, and has heard of none of them.
    let second = nodes.remove(1).addr();
    let second = world.start_at(&second);
    until("it may be given groups", || {
        second.status().standing == Some(Standing::Member)
    })
    .await;
    drop(first);
    world.store.fault(Call::List, Fault::Unavailable);
    until("it leads", || second.registry.is_leader()).await;
    second.registry.stop(true, seconds(5)).await.unwrap();
    let gone = second.addr();
    drop(second);
    nodes[0].lock_faults.heal();
    another_leads(&nodes).await;
    assert_eq!(left_at(&nodes[0], &names, &[gone]).await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_leader_and_a_follower_that_stop_at_once_leave_no_groups_behind() {
    let mut world = World::new();
    let nodes = world.start_fleet(3).await;
    let names = names(60);
    nodes[0].coordinators(&names).await;
    let led = leader(&nodes);
    let (also, stays) = ((led + 1) % 3, (led + 2) % 3);
    let (one, other) = tokio::join!(
        nodes[led].registry.stop(true, seconds(4)),
        nodes[also].registry.stop(true, seconds(4))
    );
    assert_eq!((one, other), (Ok(()), Ok(())));
    until("the third leads", || nodes[stays].registry.is_leader()).await;
    tokio::time::sleep(seconds(1)).await;
    let gone = [nodes[led].addr(), nodes[also].addr()];
    assert_eq!(left_at(&nodes[stays], &names, &gone).await, 0);
}

#[tokio::test(start_paused = true)]
async fn who_stops_while_nobody_leads_hands_over_to_the_next() {
    let mut world = World::new();
    let mut nodes = world.start_fleet(3).await;
    let names = names(60);
    nodes[0].coordinators(&names).await;
    drop(nodes.remove(leader(&nodes)));
    let stopped = nodes.remove(0);
    stopped.registry.stop(true, seconds(4)).await.unwrap();
    another_leads(&nodes).await;
    assert_eq!(left_at(&nodes[0], &names, &[stopped.addr()]).await, 0);
}

#[tokio::test(start_paused = true)]
async fn who_leaves_a_leader_that_has_not_read_its_groups_yet_is_kept_until_they_moved() {
    let mut world = World::new();
    let mut nodes = world.start_fleet(3).await;
    let names = names(60);
    nodes[0].coordinators(&names).await;
    let first = nodes.remove(leader(&nodes));
    world.store.fault(Call::Gateways, Fault::Unavailable);
    drop(first);
    until("another leads", || {
        nodes.iter().any(|node| node.registry.is_leader())
    })
    .await;
    let second = leader(&nodes);
    let left = nodes[second].service.leave(leave(&nodes[1 - second])).await;
    let still = left_at(&nodes[second], &names, &[nodes[1 - second].addr()]).await;
    assert!(left.is_err() || still == 0, "{left:?}, and has {still}");
}

#[tokio::test(start_paused = true)]
async fn who_keeps_its_groups_when_it_leaves_has_them_when_it_is_back() {
    let mut world = World::new();
    let mut nodes = world.start_fleet(3).await;
    let names = names(60);
    let before = nodes[0].coordinators(&names).await;
    let led = nodes.remove(leader(&nodes));
    // A fleet stops as a whole, and whoever leads it stops last.
    for node in &nodes {
        node.registry.stop(false, seconds(3)).await.unwrap();
    }
    let gone: Vec<_> = nodes.drain(..).map(|node| node.addr()).collect();
    tokio::time::sleep(seconds(1)).await;
    let nodes: Vec<_> = gone.iter().map(|addr| world.start_at(addr)).collect();
    for node in &nodes {
        assert!(node.registry.wait_until_member(seconds(3)).await);
    }
    tokio::time::sleep(seconds(10)).await;
    assert_eq!(led.coordinators(&names).await, before);
}

#[tokio::test(start_paused = true)]
async fn nobody_else_can_make_a_leader_leave() {
    let mut world = World::new();
    let nodes = world.start_fleet(1).await;
    let error = nodes[0].service.leave(leave(&nodes[0])).await.unwrap_err();
    assert!(matches!(error, PeerError::Refused { .. }), "{error}");
    tokio::time::sleep(seconds(20)).await;
    assert!(nodes[0].registry.is_leader());
}
