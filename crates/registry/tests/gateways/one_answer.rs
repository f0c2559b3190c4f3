//! Gateways agree (G1), and what they agree on stays (G4).

use std::collections::BTreeMap;

use crate::fleet::{World, group, leader, names, seconds, until};
use groupkeeper_registry::peer::{Directory, PeerError};

#[tokio::test(start_paused = true)]
async fn three_gateways_give_300_groups_one_answer() {
    let mut world = World::new();
    let nodes = world.start_fleet(3).await;
    let names = names(300);
    let first = nodes[0].coordinators(&names).await;
    for node in &nodes {
        assert_eq!(node.coordinators(&names).await, first);
    }
    let mut load = BTreeMap::new();
    for coordinator in first {
        *load.entry(coordinator).or_insert(0) += 1;
    }
    assert_eq!(load.len(), 3, "{load:?}");
    assert!(load.values().all(|n| (60..=150).contains(n)), "{load:?}");
}

#[tokio::test(start_paused = true)]
async fn concurrent_questions_make_one_assignment() {
    let mut world = World::new();
    let nodes = world.start_fleet(3).await;
    let before = nodes[leader(&nodes)].status().stamp.revision;
    let asked = (0..60).map(|i| nodes[i % 3].find("the-one"));
    let answers = futures_util::future::join_all(asked).await;
    let first = answers[0].clone().unwrap().decision;
    assert!(
        answers
            .into_iter()
            .all(|answer| answer.unwrap().decision == first)
    );
    let after = nodes[leader(&nodes)].status().stamp.revision;
    assert_eq!(after.get(), before.get() + 1);
}

#[tokio::test(start_paused = true)]
async fn a_known_group_is_answered_without_asking_anybody() {
    let mut world = World::new();
    let nodes = world.start_fleet(3).await;
    let follower = &nodes[(leader(&nodes) + 1) % 3];
    follower.coordinator("known").await;
    until("the answer is cached", || {
        follower.registry.known("known").is_some()
    })
    .await;
    let calls = world.network.calls();
    assert!(follower.registry.known("known").is_some());
    assert_eq!(world.network.calls(), calls);
}

#[tokio::test(start_paused = true)]
async fn the_list_of_members_is_shared_and_another_one_when_it_has_changed() {
    let mut world = World::new();
    let nodes = world.start_fleet(2).await;
    for node in &nodes {
        let list = node.registry.member_list();
        tokio::time::sleep(seconds(2)).await;
        assert!(std::sync::Arc::ptr_eq(&list, &node.registry.member_list()));
    }
    let before: Vec<_> = nodes.iter().map(|n| n.registry.member_list()).collect();
    let third = world.start(3);
    assert!(third.registry.wait_until_member(seconds(3)).await);
    tokio::time::sleep(seconds(1)).await;
    for (node, before) in nodes.iter().zip(&before) {
        let list = node.registry.member_list();
        assert_eq!((before.members.len(), list.members.len()), (2, 3));
    }
}

#[tokio::test(start_paused = true)]
async fn a_follower_without_leader_and_store_knows_nothing_and_names_nobody() {
    let mut world = World::new();
    let nodes = world.start_fleet(2).await;
    let led = leader(&nodes);
    let follower = &nodes[1 - led];
    world.network.cut(&follower.rpc(), &nodes[led].rpc());
    let error = follower.find("never-heard-of").await.unwrap_err();
    assert!(matches!(error, PeerError::NotAvailable { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn get_does_not_assign() {
    let mut world = World::new();
    let nodes = world.start_fleet(2).await;
    for node in &nodes {
        let error = node.registry.get(&group("unheard")).await.unwrap_err();
        assert!(matches!(error, PeerError::NotFound { .. }), "{error}");
    }
    let coordinator = nodes[0].coordinator("heard").await;
    for node in &nodes {
        let found = node.registry.get(&group("heard")).await.unwrap();
        assert_eq!(found.decision.coordinator, coordinator);
    }
}

#[tokio::test(start_paused = true)]
async fn a_group_can_be_given_to_another_gateway() {
    let mut world = World::new();
    let nodes = world.start_fleet(3).await;
    let before = nodes[0].coordinator("wanderer").await;
    for node in &nodes {
        node.coordinator("wanderer").await;
    }
    let to = nodes
        .iter()
        .map(crate::fleet::Node::addr)
        .find(|addr| *addr != before)
        .unwrap();
    let follower = &nodes[(leader(&nodes) + 1) % 3];
    let found = follower
        .registry
        .reassign(&group("wanderer"), Some(&to))
        .await
        .unwrap();
    assert_eq!(found.decision.coordinator, to);
    tokio::time::sleep(seconds(1)).await;
    for node in &nodes {
        assert_eq!(
            node.registry
                .known("wanderer")
                .unwrap()
                .decision
                .coordinator,
            to
        );
    }
    let found = nodes[0]
        .registry
        .reassign(&group("wanderer"), None)
        .await
        .unwrap();
    assert_ne!(found.decision.coordinator, to);
    let nobody = groupkeeper_types::GatewayAddr::new("nobody:1").unwrap();
    let error = nodes[0]
        .registry
        .reassign(&group("wanderer"), Some(&nobody))
        .await
        .unwrap_err();
    assert!(matches!(error, PeerError::Refused { .. }), "{error}");
    let error = nodes[0]
        .registry
        .reassign(&group("unheard"), None)
        .await
        .unwrap_err();
    assert!(matches!(error, PeerError::NotFound { .. }), "{error}");
}
