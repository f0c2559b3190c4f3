//! Both filers die at one moment, and are started again one after the other.

use std::time::Duration;

use groupkeeper_tests::scenario::Fleet;

#[tokio::test(flavor = "multi_thread")]
async fn filers_restarted() {
    let mut fleet = Fleet::start("filers_restarted", 3).await;
    fleet.recorder.store_fault();
    for filer in [0, 1] {
        fleet.cluster.kill_filer(filer);
    }
    // Longer than any lease lasts: nobody owns anything, and nobody may forget it.
    tokio::time::sleep(Duration::from_secs(6)).await;
    for filer in [0, 1] {
        fleet.cluster.restart_filer(filer).await;
    }
    fleet.cluster.ready().await;
    let back = fleet.recorder.now();
    fleet.all_is_well().await;
    // Nothing is decided, and so nobody leads, before the deciding filer has stood for long enough.
    fleet.recorder.store_healed();
    let well = fleet.recorder.now();
    fleet.took(
        "from both filers' return until each group is owned and known everywhere",
        back,
        well,
        None,
    );
    fleet.finish().await;
}
