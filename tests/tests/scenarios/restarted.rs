//! `kill -9` of a coordinator, and another process at its address within its lease: what the dead one
//! had sent comes late, and is refused.

use groupkeeper_tests::scenario::{Downstream, Fleet};

use crate::others;

#[tokio::test(flavor = "multi_thread")]
async fn restarted_within_its_lease() {
    run(Fleet::start("restarted_within_its_lease", 3).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn restarted_within_its_lease_on_etcd() {
    run(Fleet::start_on_etcd("restarted_within_its_lease_on_etcd", 3).await).await;
}

async fn run<S>(mut fleet: Fleet<S>) {
    let mut downstream = Downstream::default();
    let (mut again, mut landed) = (0, 0);
    for leads in [false, true] {
        let leader = fleet.leader(&others(3, &[])).await;
        let place = if leads {
            leader
        } else {
            others(3, &[leader])[0]
        };
        let dead = fleet.nodes[place].process;
        fleet.kill(&[place]).await;
        fleet.start_at_once(place);
        let late = fleet.recorder.tokens_of(dead);
        assert!(!late.is_empty(), "it owned groups");
        let owners = fleet.owned_after(&late, dead).await;
        for (group, (owner, token)) in owners {
            again += usize::from(owner == place);
            assert!(
                downstream.write(&group, token),
                "{group}: the owner's write is refused"
            );
            landed += usize::from(downstream.write(&group, late[&group]));
        }
        fleet.all_is_well().await;
    }
    fleet.noted("groups that the new process at the address owned", again);
    fleet.counted(
        "late writes of a dead process that landed downstream",
        landed,
    );
    fleet.finish().await;
    assert_eq!(landed, 0, "late writes of a dead process landed");
    assert!(again > 0, "no new process owned a group of the dead one");
}
