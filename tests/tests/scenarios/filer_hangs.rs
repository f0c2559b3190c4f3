//! A filer that takes connections, and never answers: first the one that does not decide, then the one
//! that does.

use std::time::Duration;

use groupkeeper_tests::scenario::Fleet;
use tokio::time::sleep;

/// The lock that leaders hold: the filer that decides on it decides on every write.
const KEY: &str = "kafka-gateway-leader";

#[tokio::test(flavor = "multi_thread")]
async fn other_filer_hangs() {
    let fleet = Fleet::start("other_filer_hangs", 3).await;
    let other = 1 - fleet.cluster.decider(KEY).await;
    // Not a fault of the store, as far as anybody can see: every lookup is promised.
    fleet.cluster.stop_filer(other);
    sleep(Duration::from_secs(8)).await;
    fleet.all_is_well().await;
    fleet.cluster.cont_filer(other);
    sleep(Duration::from_secs(2)).await;
    fleet.all_is_well().await;
    fleet.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deciding_filer_hangs() {
    let mut fleet = Fleet::start("deciding_filer_hangs", 3).await;
    let decider = fleet.cluster.decider(KEY).await;
    fleet.recorder.store_fault();
    fleet.cluster.stop_filer(decider);
    sleep(Duration::from_secs(8)).await;
    fleet.cluster.cont_filer(decider);
    let back = fleet.recorder.now();
    fleet.all_is_well().await;
    // Nothing is decided before that filer has stood for long enough again.
    fleet.recorder.store_healed();
    let well = fleet.recorder.now();
    fleet.took(
        "from the filer's waking until each group is owned and known everywhere",
        back,
        well,
        None,
    );
    sleep(Duration::from_secs(5)).await;
    fleet.finish().await;
}
