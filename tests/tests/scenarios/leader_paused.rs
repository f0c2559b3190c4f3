//! SIGSTOP of the leader past its lease, then SIGCONT: nothing that it still wants to write lands.

use std::time::Duration;

use groupkeeper_tests::Stored;
use groupkeeper_tests::scenario::{Fleet, StaleWrites, ask_all};

use crate::{ms, others};

/// How many writes of the deposed leader are tried: so many at the store with its record, and so many
/// that the process itself finds waiting when it wakes.
const WRITES: usize = 1_000;

#[tokio::test(flavor = "multi_thread")]
async fn leader_paused_past_its_lease() {
    run(Fleet::start("leader_paused_past_its_lease", 3).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn leader_paused_past_its_lease_on_etcd() {
    run(Fleet::start_on_etcd("leader_paused_past_its_lease_on_etcd", 3).await).await;
}

async fn run<S: Stored>(mut fleet: Fleet<S>) {
    let leader = fleet.leader(&[0, 1, 2]).await;
    let living = others(3, &[leader]);
    let paused = fleet.pause(leader);
    let groups = fleet.groups_of(leader, paused);
    assert!(!groups.is_empty(), "the leader owned groups");
    // What it would write next follows its last record, which nobody can change any more but its
    // successor.
    let stale = StaleWrites::of_the_leader(&fleet, leader).await;

    let leads = fleet.another_leads(paused, &living).await;
    fleet.took("until another gateway leads", paused, leads, ms(4_000));
    let led = fleet.new_leader(paused, &living).await;
    fleet.took(
        "until every living gateway names a new leader",
        paused,
        led,
        ms(4_000),
    );
    let answered = fleet.answered_by(paused, &groups, &living).await;
    fleet.took(
        "until every living gateway names a living coordinator for every group of the paused one",
        paused,
        answered,
        ms(8_000),
    );
    fleet.owned_by(paused, &groups, &living).await;
    let landed = stale.try_at_the_store(WRITES).await;
    fleet.counted("stale writes that landed, tried at the store", landed);
    assert_eq!(landed, 0, "stale writes landed");

    // A thousand decisions wait in its sockets, and it believes to lead.
    let waiting = ask_all(&fleet, leader, WRITES);
    tokio::time::sleep(Duration::from_millis(300)).await;
    fleet.resume(leader);
    let asked = waiting.await;
    fleet.counted(
        "decisions of the deposed leader, asked of it when it woke",
        asked.decided,
    );
    fleet.noted("of which it refused", asked.refused);
    fleet.all_is_well().await;
    let landed = stale.found().await;
    fleet.counted("stale writes found in the store", landed);
    fleet.finish().await;
    assert_eq!((landed, asked.decided), (0, 0), "stale writes landed");
    assert!(asked.refused > 0, "nothing waited for it: {asked:?}");
}
