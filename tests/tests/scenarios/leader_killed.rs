//! `kill -9` of the leader.

use groupkeeper_tests::scenario::Fleet;

use crate::{ms, others};

#[tokio::test(flavor = "multi_thread")]
async fn leader_killed() {
    run(Fleet::start("leader_killed", 3).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn leader_killed_on_etcd() {
    run(Fleet::start_on_etcd("leader_killed_on_etcd", 3).await).await;
}

async fn run<S>(mut fleet: Fleet<S>) {
    let leader = fleet.leader(&[0, 1, 2]).await;
    let living = others(3, &[leader]);
    let killed = fleet.kill(&[leader]).await;
    let groups = fleet.groups_of(leader, killed);
    assert!(!groups.is_empty(), "the leader owned groups");

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
    fleet.took("until every living gateway names a living coordinator for every group of the killed leader", killed, answered, ms(8_000));
    let owned = fleet.owned_by(killed, &groups, &living).await;
    fleet.took(
        "until the living own every group of the killed leader",
        killed,
        owned,
        None,
    );
    fleet.finish().await;
}
