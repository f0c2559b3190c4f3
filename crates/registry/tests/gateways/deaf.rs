//! A gateway whose heartbeats arrive, and which hears no answer.

use groupkeeper_registry::peer::{Directory, Standing};

use crate::fleet::{World, group, leader, names, seconds, until};

#[tokio::test(start_paused = true)]
async fn the_groups_of_one_that_hears_nothing_move_and_it_is_back_when_it_hears() {
    let mut world = World::new();
    let nodes = world.start_fleet(3).await;
    let names = names(30);
    let led = leader(&nodes);
    let deaf = (led + 1) % 3;
    let before = nodes[led].coordinators(&names).await;
    let its = |i: &usize| before[*i] == nodes[deaf].addr();
    let name = &names[(0..names.len()).find(its).unwrap()];
    nodes[deaf].registry.claim(&group(name)).await.unwrap();
    // What it says arrives all the while.
    world.network.cut(&nodes[led].rpc(), &nodes[deaf].rpc());
    until("it may not act", || {
        nodes[deaf].registry.owns(&group(name)).is_err()
    })
    .await;
    let mut moved = None;
    for _ in 0..20 {
        tokio::time::sleep(seconds(1)).await;
        let at = nodes[led].coordinator(name).await;
        if at != nodes[deaf].addr() {
            moved = Some(at);
            break;
        }
    }
    let to = moved.expect("nobody may act for its group");
    let taker = nodes.iter().find(|node| node.addr() == to).unwrap();
    until("its taker acts for it", || {
        taker.registry.owns(&group(name)).is_ok()
    })
    .await;
    // It stays out for as long as it hears nothing.
    tokio::time::sleep(seconds(60)).await;
    for (name, before) in names.iter().zip(&before) {
        let at = nodes[led].coordinator(name).await;
        assert_ne!(at, nodes[deaf].addr(), "{name}");
        assert!(at == *before || *before == nodes[deaf].addr(), "{name}");
    }
    world.network.heal();
    until("it is leased again", || {
        let status = nodes[deaf].status();
        status.standing == Some(Standing::Member) && status.fresh
    })
    .await;
    let moved = nodes[led]
        .registry
        .reassign(&group(name), Some(&nodes[deaf].addr()))
        .await
        .unwrap();
    assert_eq!(moved.decision.coordinator, nodes[deaf].addr());
    until("it acts", || {
        nodes[deaf].registry.owns(&group(name)).is_ok()
    })
    .await;
}
