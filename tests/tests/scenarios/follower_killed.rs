//! `kill -9` of a follower.

use groupkeeper_tests::scenario::Fleet;

use crate::{ms, others};

#[tokio::test(flavor = "multi_thread")]
async fn follower_killed() {
    run(Fleet::start("follower_killed", 3).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn follower_killed_on_etcd() {
    run(Fleet::start_on_etcd("follower_killed_on_etcd", 3).await).await;
}

async fn run<S>(mut fleet: Fleet<S>) {
    let leader = fleet.leader(&[0, 1, 2]).await;
    let follower = others(3, &[leader])[0];
    let living = others(3, &[follower]);
    let killed = fleet.kill(&[follower]).await;
    let groups = fleet.groups_of(follower, killed);
    assert!(!groups.is_empty(), "the follower owned groups");

    let answered = fleet.answered_by(killed, &groups, &living).await;
    fleet.took(
        "until every living gateway names a living coordinator for every group of the killed one",
        killed,
        answered,
        ms(5_000),
    );
    let owned = fleet.owned_by(killed, &groups, &living).await;
    fleet.took(
        "until the living own every group of the killed one",
        killed,
        owned,
        None,
    );
    assert_eq!(fleet.leader(&living).await, leader, "the leader stayed");

    // It comes back at its address, and takes nothing from anybody.
    fleet.start_again(follower, 3).await;
    fleet.all_is_well().await;
    fleet.finish().await;
}
