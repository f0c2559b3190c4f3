//! An etcd of three members, each on a host of its own: packets that vanish, and members that die. No
//! connection is closed by a cut, and nobody is told.

use std::time::Duration;

use groupkeeper_tests::scenario::{Fleet, GROUPS};
use groupkeeper_tests::{HostedEtcd, Network, names};
use tokio::time::sleep;

use crate::{ms, others};

const GATEWAYS: usize = 3;

/// Several faults of one fleet, one after the other.
#[test]
fn etcd_cut() {
    Network::run(async |network| {
        let mut fleet = Fleet::start_on_etcd_hosts("etcd_cut", network, GATEWAYS, &[]).await;
        leading_member_vanishes(&mut fleet).await;
        member_and_a_gateway(&mut fleet).await;
        leading_member_and_the_leader(&mut fleet).await;
        leading_member_killed(&mut fleet).await;
        majority_gone(&mut fleet).await;
        sleep(Duration::from_secs(5)).await;
        fleet.finish().await;
    });
}

/// The host of etcd's leader is gone, and everything else is well.
async fn leading_member_vanishes(fleet: &mut Fleet<HostedEtcd>) {
    let what = "the host of etcd's leader";
    let member = fleet.cluster.etcd.leader().await;
    let side = [fleet.cluster.hosts()[member].clone()];
    let cut = fleet.cut_off(&side, &[]);
    move_on(fleet, what, cut, &[], 5_000).await;
    fleet.heal_etcd(what, &[]).await;
}

/// A member that follows, and a gateway that follows and owns groups.
async fn member_and_a_gateway(fleet: &mut Fleet<HostedEtcd>) {
    let what = "a member of etcd and a gateway";
    let leader = fleet.leader(&others(GATEWAYS, &[])).await;
    let lonely = others(GATEWAYS, &[leader])[0];
    let leading = fleet.cluster.etcd.leader().await;
    let member = others(fleet.cluster.etcd.len(), &[leading])[0];
    let side = [fleet.cluster.hosts()[member].clone(), fleet.host(lonely)];
    let cut = fleet.cut_off(&side, &[lonely]);
    move_on(fleet, what, cut, &[lonely], 5_000).await;
    fleet.heal_etcd(what, &[lonely]).await;
}

/// etcd's leader and the gateway that leads, together: for a while each believes that it still does.
async fn leading_member_and_the_leader(fleet: &mut Fleet<HostedEtcd>) {
    let what = "etcd's leader and the leader";
    let leader = fleet.leader(&others(GATEWAYS, &[])).await;
    let member = fleet.cluster.etcd.leader().await;
    let side = [fleet.cluster.hosts()[member].clone(), fleet.host(leader)];
    let cut = fleet.cut_off(&side, &[leader]);
    // etcd's next leader begins every lease anew, that of the lock too.
    move_on(fleet, what, cut, &[leader], 8_000).await;
    fleet.heal_etcd(what, &[leader]).await;
}

/// `kill -9` of etcd's leader.
async fn leading_member_killed(fleet: &mut Fleet<HostedEtcd>) {
    let what = "etcd's leader, killed";
    let member = fleet.cluster.etcd.leader().await;
    let killed = fleet.recorder.now();
    fleet.recorder.store_fault();
    fleet.cluster.etcd.kill(member).await;
    move_on(fleet, what, killed, &[], 5_000).await;
    fleet.cluster.etcd.start_again(member);
    fleet.heal_etcd(what, &[]).await;
}

/// Two of three members are gone for longer than any lease lasts: nobody owns anything, and nobody may
/// forget it.
async fn majority_gone(fleet: &mut Fleet<HostedEtcd>) {
    let what = "most of etcd, gone and back";
    fleet.recorder.store_fault();
    for member in [0, 1] {
        fleet.cluster.etcd.kill(member).await;
    }
    sleep(Duration::from_secs(6)).await;
    for member in [0, 1] {
        fleet.cluster.etcd.start_again(member);
    }
    let back = fleet.recorder.now();
    let decided = fleet.decides(what, &others(GATEWAYS, &[])).await;
    fleet.took(
        &format!("{what}: until something is decided"),
        back,
        decided,
        None,
    );
    fleet.heal_etcd(what, &[]).await;
}

/// Waits until those that are well decide, and name one of themselves for every group, and for some seconds
/// more: what is wrong on either side is to be seen.
async fn move_on(
    fleet: &mut Fleet<HostedEtcd>,
    what: &str,
    from: u64,
    unwell: &[usize],
    limit: u64,
) {
    let well = others(GATEWAYS, unwell);
    let decided = fleet.decides(&format!("{what}-{from}"), &well).await;
    let name = format!("{what}: until something is decided");
    fleet.took(&name, from, decided, ms(limit));
    let answered = fleet.answered_by(from, &names(GROUPS), &well).await;
    let name = format!("{what}: until those that are well name one of themselves for every group");
    fleet.took(&name, from, answered, ms(limit + 5_000));
    sleep(Duration::from_secs(2)).await;
}
