//! A graceful stop of the leader.

use groupkeeper_tests::scenario::Fleet;

use crate::{ms, others};

#[tokio::test(flavor = "multi_thread")]
async fn leader_stopped() {
    let mut fleet = Fleet::start("leader_stopped", 3).await;
    let leader = fleet.leader(&[0, 1, 2]).await;
    let living = others(3, &[leader]);
    let groups = fleet.groups_of(leader, fleet.recorder.now());
    assert!(!groups.is_empty(), "the leader owned groups");
    let stopped = fleet.stop(leader).await;
    let ended = fleet.recorder.now();

    let leads = fleet.another_leads(stopped, &living).await;
    fleet.took(
        "from SIGTERM until another gateway leads",
        stopped,
        leads,
        ms(300),
    );
    let resigned = fleet.last_led(leader, stopped);
    fleet.took(
        "from its last moment as leader until another gateway leads",
        resigned,
        leads,
        ms(300),
    );
    let led = fleet.new_leader(stopped, &living).await;
    fleet.took(
        "from SIGTERM until every living gateway names a new leader",
        stopped,
        led,
        None,
    );
    fleet.took(
        "from SIGTERM until the process has ended",
        stopped,
        ended,
        None,
    );
    let answered = fleet.answered_by(stopped, &groups, &living).await;
    fleet.took(
        "from SIGTERM until every living gateway names a living coordinator for every group of it",
        stopped,
        answered,
        ms(5_000),
    );
    let owned = fleet.owned_by(stopped, &groups, &living).await;
    fleet.took(
        "from SIGTERM until the living own every group of it",
        stopped,
        owned,
        None,
    );
    fleet.finish().await;
}
