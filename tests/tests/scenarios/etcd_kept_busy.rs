//! An etcd that is compacted and defragmented all the time, and then full: what was decided stays, and what
//! could not be is decided when there is room.

use std::time::Duration;

use groupkeeper_tests::EtcdCluster;
use groupkeeper_tests::scenario::Fleet;
use tokio::time::sleep;

use crate::others;

/// 8 MiB: enough for everything but what is written to fill it.
const QUOTA: &[&str] = &["--quota-backend-bytes=8388608"];

#[tokio::test(flavor = "multi_thread")]
async fn etcd_kept_busy() {
    let mut fleet = Fleet::start_on_etcd_with("etcd_kept_busy", 3, QUOTA).await;
    compacted_meanwhile(&mut fleet).await;
    full(&mut fleet).await;
    fleet.finish().await;
}

/// A leader dies while revisions go, again and again.
async fn compacted_meanwhile(fleet: &mut Fleet<EtcdCluster>) {
    let leader = fleet.leader(&others(3, &[])).await;
    let living = others(3, &[leader]);
    let killed = fleet.kill(&[leader]).await;
    let groups = fleet.groups_of(leader, killed);
    for _ in 0..10 {
        fleet.cluster.compact().await;
        sleep(Duration::from_millis(100)).await;
    }
    let answered = fleet.answered_by(killed, &groups, &living).await;
    let name = "a leader killed while etcd is compacted: until the living answer for its groups";
    fleet.took(name, killed, answered, None);
    fleet.owned_by(killed, &groups, &living).await;
    fleet.start_again(leader, 3).await;
    fleet.all_is_well().await;
}

/// No write passes: what is known is answered all the same, until there is room again.
async fn full(fleet: &mut Fleet<EtcdCluster>) {
    fleet.recorder.store_fault();
    fleet.cluster.fill().await;
    let asked = fleet.nodes[0]
        .serve
        .query("find", &["--wait=3", "while-it-is-full"])
        .await;
    assert!(!asked.status.success(), "it was decided without room");
    let words: String = fleet.nodes.iter().map(|node| node.serve.words()).collect();
    fleet.cluster.make_room().await;
    let room = fleet.recorder.now();
    fleet.all_is_well().await;
    let decided = fleet.decides("after-it-was-full", &others(3, &[])).await;
    fleet.took(
        "etcd full: from there being room until something is decided",
        room,
        decided,
        None,
    );
    fleet.recorder.store_healed();
    assert!(
        words.contains("alarm disarm"),
        "nobody says what to do: {words}"
    );
}
