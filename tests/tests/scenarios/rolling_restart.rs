//! Every gateway is stopped and started again, one after the other, while clients go on asking.

use std::time::Duration;

use groupkeeper_tests::scenario::{Fleet, Load};
use tokio::time::sleep;

use crate::others;

#[tokio::test(flavor = "multi_thread")]
async fn rolling_restart_under_load() {
    let mut fleet = Fleet::start("rolling_restart_under_load", 3).await;
    // New groups all the time, which have to be decided, not only looked up.
    let load = Load::start(&fleet, 8);
    let began = fleet.recorder.now();
    for place in 0..3 {
        fleet.stop(place).await;
        let living = others(3, &[place]);
        fleet.leader(&living).await;
        fleet.start_again(place, 3).await;
        fleet.all_is_well().await;
        sleep(Duration::from_secs(1)).await;
    }
    let ended = fleet.recorder.now();
    let done = load.stop().await;
    assert!(done.answered > 0, "{done:?}");
    fleet.took("the whole restart", began, ended, None);
    fleet.noted("new groups answered meanwhile", done.answered);
    fleet.noted(
        "new groups not answered within 5 s at one gateway after the other",
        done.failed,
    );
    fleet.finish().await;
}
