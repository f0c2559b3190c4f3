//! `kill -9` of the leader and of a coordinator at one moment.

use groupkeeper_tests::scenario::Fleet;

use crate::{ms, others};

#[tokio::test(flavor = "multi_thread")]
async fn leader_and_coordinator_killed() {
    run(Fleet::start("leader_and_coordinator_killed", 4).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn leader_and_coordinator_killed_on_etcd() {
    run(Fleet::start_on_etcd("leader_and_coordinator_killed_on_etcd", 4).await).await;
}

async fn run<S>(mut fleet: Fleet<S>) {
    let leader = fleet.leader(&others(4, &[])).await;
    let coordinator = others(4, &[leader])[0];
    let living = others(4, &[leader, coordinator]);
    let killed = fleet.kill(&[leader, coordinator]).await;
    let mut groups = fleet.groups_of(leader, killed);
    groups.extend(fleet.groups_of(coordinator, killed));
    assert!(groups.len() >= 2, "both owned groups: {groups:?}");

    let leads = fleet.another_leads(killed, &living).await;
    fleet.took("until another gateway leads", killed, leads, ms(4_000));
    let led = fleet.new_leader(killed, &living).await;
    fleet.took(
        "until every living gateway names a new leader",
        killed,
        led,
        ms(4_000),
    );
    let answered = fleet.answered_by(killed, &groups, &living).await;
    fleet.took(
        "until every living gateway names a living coordinator for every group of the killed two",
        killed,
        answered,
        ms(8_000),
    );
    let owned = fleet.owned_by(killed, &groups, &living).await;
    fleet.took(
        "until the living own every group of the killed two",
        killed,
        owned,
        None,
    );
    fleet.finish().await;
}
