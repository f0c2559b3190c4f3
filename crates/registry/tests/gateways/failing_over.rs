//! All groups of a gateway move with one commit, and their files follow.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, stream};
use groupkeeper_assignment_store::memory::{Call, Fault};
use groupkeeper_assignment_store::{AssignmentStore, AssignmentStoreExt, Listed};
use groupkeeper_registry::peer::Directory;
use groupkeeper_types::{GatewayAddr, Stamp};

use crate::fleet::{Node, World, group, leader, names, seconds, until};

/// More than one commit has room for, at one gateway of three.
const GROUPS: usize = 4_500;

type Answers = BTreeMap<String, (GatewayAddr, Stamp)>;

async fn ask(node: &Node, names: &[String]) -> Answers {
    let asked = stream::iter(names.iter().cloned()).map(async |name| {
        node.coordinator(&name).await;
        let found = node.find(&name).await.unwrap();
        (name, (found.decision.coordinator, found.decision.stamp))
    });
    asked.buffer_unordered(500).collect().await
}

/// What the files say, whatever failovers make of it.
async fn files(world: &World) -> Answers {
    let listed = world.store.list_all().await.unwrap();
    let entry = |entry| match entry {
        Listed::Assignment(it) => (it.group.as_str().to_owned(), (it.coordinator, it.stamp)),
        other => panic!("{other:?}"),
    };
    listed.into_iter().map(entry).collect()
}

/// A fleet of three of which one has died with its groups, and the leader could make just one commit
/// since: the living, what the dead one had, and what was answered of everything before.
async fn one_commit_after_a_death(world: &mut World) -> (Vec<Node>, GatewayAddr, Answers) {
    let mut nodes = world.start_fleet(3).await;
    let before = ask(&nodes[0], &names(GROUPS)).await;
    let dead = (leader(&nodes) + 1) % 3;
    let gone = nodes[dead].addr();
    let its = before.values().filter(|(at, _)| *at == gone).count();
    assert!(its > 1_000, "{its}");
    world.store.fault(Call::Commit, Fault::None);
    world.store.fault_always(Call::Commit, Fault::Unavailable);
    drop(nodes.remove(dead));
    let led = leader(&nodes);
    until("the failover", || nodes[led].status().behind == its).await;
    (nodes, gone, before)
}

#[tokio::test(start_paused = true)]
async fn thousands_of_groups_move_with_one_commit_and_their_files_follow() {
    let mut world = World::new();
    let (nodes, gone, before) = one_commit_after_a_death(&mut world).await;
    tokio::time::sleep(seconds(1)).await;

    let after = ask(&nodes[0], &names(GROUPS)).await;
    assert_eq!(ask(&nodes[1], &names(GROUPS)).await, after);
    let record = world.store.record().await.unwrap().unwrap();
    let failover = record.failovers.newest().unwrap();
    assert_eq!(failover.gone(), std::slice::from_ref(&gone));
    let mut taken = BTreeMap::<&GatewayAddr, usize>::new();
    for (name, (at, stamp)) in &after {
        if before[name].0 == gone {
            assert_eq!(*stamp, failover.stamp(), "{name}");
            *taken.entry(at).or_default() += 1;
        } else {
            assert_eq!((at, stamp), (&before[name].0, &before[name].1), "{name}");
        }
    }
    assert!(!taken.contains_key(&gone));
    assert_eq!(taken.len(), 2, "shared out: {taken:?}");
    assert_eq!(files(&world).await, before, "no file has been rewritten");

    world.store.heal();
    until("somebody leads", || {
        nodes.iter().any(|node| node.registry.is_leader())
    })
    .await;
    let led = leader(&nodes);
    until("the files", || nodes[led].status().behind == 0).await;
    tokio::time::sleep(seconds(1)).await;
    assert_eq!(files(&world).await, after);
    let record = world.store.record().await.unwrap().unwrap();
    assert!(record.failovers.is_empty(), "{record:?}");
    assert_eq!(ask(&nodes[0], &names(GROUPS)).await, after);
}

#[tokio::test(start_paused = true)]
async fn a_new_leader_goes_on_where_the_last_one_stopped() {
    let mut world = World::new();
    let (nodes, _, _) = one_commit_after_a_death(&mut world).await;
    let after = ask(&nodes[0], &names(GROUPS)).await;
    // Both living ones are killed too, before any file was rewritten.
    let at: Vec<GatewayAddr> = nodes.iter().map(Node::addr).collect();
    drop(nodes);
    let nodes: Vec<Node> = at.iter().map(|at| world.start_at(at)).collect();
    world.store.fault(Call::Commit, Fault::Unavailable);
    for node in &nodes {
        assert_eq!(ask(node, &names(GROUPS)).await, after);
    }
    world.store.heal();
    until("somebody leads", || {
        nodes.iter().any(|node| node.registry.is_leader())
    })
    .await;
    let led = leader(&nodes);
    until("the files", || nodes[led].status().behind == 0).await;
    tokio::time::sleep(seconds(10)).await;
    assert_eq!(files(&world).await, after);
    assert!(
        world
            .store
            .record()
            .await
            .unwrap()
            .unwrap()
            .failovers
            .is_empty()
    );
}

#[tokio::test(start_paused = true)]
async fn without_a_leader_the_store_tells_what_has_failed_over() {
    let mut world = World::new();
    let (nodes, gone, before) = one_commit_after_a_death(&mut world).await;
    let after = ask(&nodes[0], &names(GROUPS)).await;
    drop(nodes);
    let alone = world.start(9);
    alone.lock_faults.cut_off();
    tokio::time::sleep(seconds(5)).await;
    for (name, _) in before.iter().filter(|(_, (at, _))| *at == gone).take(50) {
        let found = alone.registry.get(&group(name)).await.unwrap();
        assert_eq!(
            (found.decision.coordinator, found.decision.stamp),
            after[name]
        );
    }
}

#[tokio::test(start_paused = true)]
async fn who_comes_back_while_its_groups_move_may_not_act_for_them() {
    let mut world = World::new();
    let nodes = world.start_fleet(2).await;
    let names = names(300);
    let before = ask(&nodes[0], &names).await;
    let led = leader(&nodes);
    let (leads, cut) = (&nodes[led], &nodes[1 - led]);
    // The lock is lent to it when nobody is heard.
    cut.lock_faults.cut_off();
    let its: Vec<&String> = names
        .iter()
        .filter(|name| before[*name].0 == cut.addr())
        .collect();
    // The failover is on its way to the store for longer than its writer waits.
    world.store.fault(Call::Commit, Fault::Late);
    world.store.fault_always(Call::Commit, Fault::Unavailable);
    world.network.cut(&cut.rpc(), &leads.rpc());
    let started = world.store.calls(Call::Commit);
    until("the failover", || world.store.calls(Call::Commit) > started).await;
    world.network.heal();
    tokio::time::sleep(seconds(1)).await;
    for name in &its {
        // The leader names it still, and it hears so.
        drop(cut.find(name).await);
    }
    tokio::time::sleep(seconds(1)).await;
    for name in &its {
        assert!(cut.registry.owns(&group(name)).is_err(), "{name}");
    }
    world.store.heal();
    tokio::time::sleep(seconds(2)).await;
    assert!(leads.registry.is_leader());
    for name in its {
        assert_eq!(cut.coordinator(name).await, leads.addr());
        assert!(cut.registry.owns(&group(name)).is_err(), "{name}");
        assert!(leads.registry.owns(&group(name)).is_ok(), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn who_drains_loses_all_with_one_commit_once_it_has_given_all_up() {
    let mut world = World::new();
    let nodes = world.start_fleet(3).await;
    let before = ask(&nodes[0], &names(GROUPS)).await;
    let drained = (leader(&nodes) + 1) % 3;
    let from = nodes[drained].addr();
    nodes[0].registry.drain(&from).await.unwrap();
    tokio::time::sleep(seconds(1)).await;
    let after = ask(&nodes[(drained + 1) % 3], &names(GROUPS)).await;
    assert!(after.values().all(|(at, _)| *at != from));
    let moved = after.iter().filter(|(name, _)| before[*name].0 == from);
    let stamps: BTreeSet<Stamp> = moved.map(|(_, (_, stamp))| *stamp).collect();
    assert_eq!(stamps.len(), 1, "{stamps:?}");
}
