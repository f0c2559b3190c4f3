//! One gateway that is cut off from the others and from the store.

use std::time::Duration;

use groupkeeper_tests::scenario::{Cut, Fleet};
use tokio::time::sleep;

use crate::{ms, others};

#[tokio::test(flavor = "multi_thread")]
async fn follower_cut_off_both_ways() {
    let fleet = Fleet::start_on_a_wire("follower_cut_off_both_ways", 3).await;
    let leader = fleet.leader(&[0, 1, 2]).await;
    follower(fleet, leader, Cut::Both).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn follower_is_heard_by_nobody() {
    let fleet = Fleet::start_on_a_wire("follower_is_heard_by_nobody", 3).await;
    let leader = fleet.leader(&[0, 1, 2]).await;
    follower(fleet, leader, Cut::Sent).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn follower_hears_nobody() {
    let fleet = Fleet::start_on_a_wire("follower_hears_nobody", 3).await;
    let leader = fleet.leader(&[0, 1, 2]).await;
    follower(fleet, leader, Cut::Received).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn leader_cut_off_both_ways() {
    let fleet = Fleet::start_on_a_wire("leader_cut_off_both_ways", 3).await;
    leader(fleet, Cut::Both).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn leader_is_heard_by_nobody() {
    let fleet = Fleet::start_on_a_wire("leader_is_heard_by_nobody", 3).await;
    leader(fleet, Cut::Sent).await;
}

async fn follower(mut fleet: Fleet, leader: usize, how: Cut) {
    let lonely = others(3, &[leader])[0];
    cut(&mut fleet, lonely, how).await;
    fleet.finish().await;
}

async fn leader(mut fleet: Fleet, how: Cut) {
    let lonely = fleet.leader(&[0, 1, 2]).await;
    let at = cut(&mut fleet, lonely, how).await;
    let led = fleet.new_leader(at, &others(3, &[lonely])).await;
    fleet.took(
        "until every other gateway names a new leader",
        at,
        led,
        None,
    );
    fleet.finish().await;
}

/// Cuts a gateway off until the others own its groups and a while longer, then mends the wire and waits
/// until all is well; returns when it was cut off.
async fn cut(fleet: &mut Fleet, lonely: usize, how: Cut) -> u64 {
    let living = others(3, &[lonely]);
    let at = fleet.cut(lonely, how);
    let groups = fleet.groups_of(lonely, at);
    assert!(!groups.is_empty(), "it owned groups");
    let answered = fleet.answered_by(at, &groups, &living).await;
    fleet.took(
        "until every other gateway names another coordinator for every group of the lonely one",
        at,
        answered,
        ms(8_000),
    );
    fleet.owned_by(at, &groups, &living).await;
    sleep(Duration::from_secs(3)).await;
    fleet.mend(lonely);
    fleet.all_is_well().await;
    sleep(Duration::from_secs(2)).await;
    at
}
