//! A leader that no other gateway reaches: the others get the lead, and nobody's groups move that lives.

use groupkeeper_registry::peer::Standing;

use crate::fleet::{Node, World, addr, leader, names, seconds, until};

fn is_member(node: &Node) -> bool {
    node.status().standing == Some(Standing::Member)
}

/// Four gateways that have groups, and which of them leads.
async fn fleet(world: &mut World) -> (Vec<Node>, usize) {
    let nodes = world.start_fleet(4).await;
    nodes[0].coordinators(&names(24)).await;
    let led = leader(&nodes);
    (nodes, led)
}

/// All but one, after one of them leads and the others are members.
async fn led_by_another(nodes: &[Node], led: usize) -> Vec<&Node> {
    let others: Vec<&Node> = nodes
        .iter()
        .filter(|it| it.addr() != nodes[led].addr())
        .collect();
    until("one of the others leads", || {
        others.iter().any(|node| node.registry.is_leader())
    })
    .await;
    until("all of them are members", || {
        others.iter().all(|it| is_member(it))
    })
    .await;
    until("it hears of that", || !nodes[led].registry.is_leader()).await;
    others
}

#[tokio::test(start_paused = true)]
async fn behind_a_wall_it_becomes_a_member_and_nothing_moves() {
    let mut world = World::new();
    let (nodes, led) = fleet(&mut world).await;
    let before = nodes[led].coordinators(&names(24)).await;
    // Calls to it fail; its own, and their answers, go through.
    world.network.unplug(&nodes[led].rpc());
    led_by_another(&nodes, led).await;
    until("it is a member", || is_member(&nodes[led])).await;
    tokio::time::sleep(seconds(60)).await;
    for node in &nodes {
        assert!(is_member(node) || node.registry.is_leader());
        assert_eq!(node.coordinators(&names(24)).await, before);
    }
}

#[tokio::test(start_paused = true)]
async fn cut_off_one_way_or_both_it_loses_its_own_groups_and_nobody_else_any() {
    for (inward, outward) in [(true, false), (false, true), (true, true)] {
        let mut world = World::new();
        let (nodes, led) = fleet(&mut world).await;
        let before = nodes[led].coordinators(&names(24)).await;
        let alone = nodes[led].rpc();
        for other in nodes.iter().map(Node::rpc).filter(|it| *it != alone) {
            if inward {
                world.network.cut(&other, &alone);
            }
            if outward {
                world.network.cut(&alone, &other);
            }
        }
        let others = led_by_another(&nodes, led).await;
        tokio::time::sleep(seconds(10)).await;
        let after = others[0].coordinators(&names(24)).await;
        for (old, new) in before.iter().zip(&after) {
            assert_ne!(*new, nodes[led].addr());
            assert!(
                old == new || *old == nodes[led].addr(),
                "{old} had it, {new} has"
            );
        }
        world.network.heal();
        until("it is a member again", || is_member(&nodes[led])).await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_survivor_of_two_keeps_what_it_has_and_gets_the_rest() {
    let mut world = World::new();
    let mut nodes = world.start_fleet(2).await;
    let before = nodes[0].coordinators(&names(24)).await;
    let led = leader(&nodes);
    let own: Vec<String> = names(24)
        .into_iter()
        .zip(&before)
        .filter_map(|(name, at)| (*at == nodes[led].addr()).then_some(name))
        .collect();
    assert!(!own.is_empty() && own.len() < before.len());
    let epoch = nodes[led].status().leader.map(|leader| leader.epoch);
    drop(nodes.remove(1 - led));
    let node = &nodes[0];
    let owned = |name: &String| node.registry.owns(&crate::fleet::group(name)).is_ok();
    for tenth in 0..600 {
        assert!(own.iter().all(owned), "after {tenth} tenths of a second");
        tokio::time::sleep(seconds(1) / 10).await;
    }
    assert!(names(24).iter().all(owned), "what the other had is its own");
    assert_eq!(node.status().leader.map(|leader| leader.epoch), epoch);
    // One that comes is a member at once, or leads.
    let other = world.start_at(&addr(9));
    until("it has joined", || {
        is_member(&other) || other.registry.is_leader()
    })
    .await;
}
