//! Packets that vanish between hosts: no connection is closed, and nobody is told.

use std::time::Duration;

use groupkeeper_tests::scenario::{Cut, Fleet, GROUPS};
use groupkeeper_tests::{Host, HostedWeed, Layout, Network, names};
use tokio::time::sleep;

use crate::{ms, others};

/// The lock that leaders hold: the filer that decides on it decides on every write.
const KEY: &str = "kafka-gateway-leader";

const GATEWAYS: usize = 4;

/// Several cuts of one fleet, one after the other. Masters take a filer for gone at once: their kernel
/// closes the connection.
#[test]
fn cut_in_two() {
    Network::run(async |network| {
        let layout = Layout {
            masters: 3,
            master_options: &["-raftHashicorp"],
            filers: 3,
            gateways: GATEWAYS,
        };
        let mut fleet = Fleet::start_on_hosts("cut_in_two", network, layout).await;
        for how in [Cut::Both, Cut::Sent, Cut::Received] {
            another_filer_and_a_gateway(&mut fleet, how).await;
        }
        leader_without_filers(&mut fleet).await;
        for how in [Cut::Both, Cut::Sent, Cut::Received] {
            deciding_filer_and_a_gateway(&mut fleet, how).await;
        }
        leading_master(&mut fleet).await;
        leading_master_and_the_leader(&mut fleet).await;
        sleep(Duration::from_secs(5)).await;
        fleet.finish().await;
    });
}

/// The host of the filer that decides is gone, and everything else is well. The master finds out when
/// its own patience is over: 50 to 80 s.
#[test]
fn deciding_filer_vanishes() {
    Network::run(async |network| {
        let layout = Layout {
            masters: 1,
            master_options: &[],
            filers: 3,
            gateways: 3,
        };
        let mut fleet = Fleet::start_on_hosts("deciding_filer_vanishes", network, layout).await;
        let side = [fleet.cluster.filers()[fleet.cluster.decider(KEY).await].clone()];
        let rest = fleet.cluster.network.others(&side);
        let cut = fleet.drop_between(&side, &rest, Cut::Both, &[], true);
        let decided = fleet.decides("vanished", &others(3, &[])).await;
        fleet.took("until something is decided", cut, decided, None);
        fleet.all_is_well().await;
        fleet.heal("the deciding filer's host", &[]).await;
        sleep(Duration::from_secs(5)).await;
        fleet.finish().await;
    });
}

/// One filer, not the one that decides, and a gateway that does not lead.
async fn another_filer_and_a_gateway(fleet: &mut Fleet<HostedWeed>, how: Cut) {
    let what = format!("another filer and a gateway, {}", shown(how));
    let leader = fleet.leader(&others(GATEWAYS, &[])).await;
    let decider = fleet.cluster.decider(KEY).await;
    let lonely = busiest(fleet, &others(GATEWAYS, &[leader]));
    let filer = others(3, &[decider])[0];
    let side = [fleet.cluster.filers()[filer].clone(), fleet.host(lonely)];
    let rest = fleet.cluster.network.others(&side);
    let cut = fleet.drop_between(&side, &rest, how, &[lonely], false);
    move_on(fleet, &what, cut, &[lonely], &[lonely]).await;
    fleet.heal(&what, &[lonely]).await;
}

/// The filer that decides, and a gateway that owns groups: the leader where it is one.
async fn deciding_filer_and_a_gateway(fleet: &mut Fleet<HostedWeed>, how: Cut) {
    let what = format!("the deciding filer and a gateway, {}", shown(how));
    let leader = fleet.leader(&others(GATEWAYS, &[])).await;
    let leads_only = fleet.groups_of(leader, fleet.recorder.now()).is_empty();
    let lonely = if leads_only {
        busiest(fleet, &others(GATEWAYS, &[]))
    } else {
        leader
    };
    let decider = fleet.cluster.filers()[fleet.cluster.decider(KEY).await].clone();
    let side = [decider.clone(), fleet.host(lonely)];
    let rest = fleet.cluster.network.others(&side);
    let cut = fleet.drop_between(&side, &rest, how, &[lonely], true);
    for master in fleet.cluster.masters() {
        master.close_connections(std::slice::from_ref(&decider));
    }
    move_on(fleet, &what, cut, &[lonely], &[lonely]).await;
    fleet.heal(&what, &[lonely]).await;
}

/// The master that leads the masters, and nothing else.
async fn leading_master(fleet: &mut Fleet<HostedWeed>) {
    let what = "the leading master";
    let side = [fleet.cluster.masters()[fleet.cluster.leading_master().await].clone()];
    let rest = fleet.cluster.network.others(&side);
    let cut = fleet.drop_between(&side, &rest, Cut::Both, &[], true);
    for host in &rest {
        host.close_connections(&side);
    }
    move_on(fleet, what, cut, &[], &[]).await;
    fleet.heal(what, &[]).await;
}

/// The master that leads the masters, the filer that decides, and the gateway that leads: a master that
/// goes on naming itself for a while, and lists the filer that is with it.
async fn leading_master_and_the_leader(fleet: &mut Fleet<HostedWeed>) {
    let what = "the leading master, the deciding filer and the leader";
    let leader = fleet.leader(&others(GATEWAYS, &[])).await;
    let decider = fleet.cluster.filers()[fleet.cluster.decider(KEY).await].clone();
    let master = fleet.cluster.masters()[fleet.cluster.leading_master().await].clone();
    let side = [master.clone(), decider, fleet.host(leader)];
    let rest = fleet.cluster.network.others(&side);
    let cut = fleet.drop_between(&side, &rest, Cut::Both, &[leader], true);
    for host in &rest {
        host.close_connections(&side);
    }
    move_on(fleet, what, cut, &[leader], &[leader]).await;
    fleet.heal(what, &[leader]).await;
}

/// The leader reaches the masters and the other gateways, and no filer; another gateway reaches one filer
/// only, which does not decide.
async fn leader_without_filers(fleet: &mut Fleet<HostedWeed>) {
    let what = "the leader reaches no filer, and another gateway one that does not decide";
    let leader = fleet.leader(&others(GATEWAYS, &[])).await;
    let decider = fleet.cluster.decider(KEY).await;
    let other = busiest(fleet, &others(GATEWAYS, &[leader]));
    let filers = fleet.cluster.filers();
    let reached = others(3, &[decider])[0];
    let cut = fleet.drop_between(&[fleet.host(leader)], &filers, Cut::Both, &[leader], false);
    let unreached: Vec<Host> = others(3, &[reached])
        .into_iter()
        .map(|at| filers[at].clone())
        .collect();
    fleet.drop_between(&[fleet.host(other)], &unreached, Cut::Both, &[other], false);
    let living = others(GATEWAYS, &[leader, other]);
    let led = fleet.another_leads(cut, &living).await;
    fleet.took(&format!("{what}: until another leads"), cut, led, ms(8_000));
    move_on(fleet, what, cut, &[leader, other], &[leader]).await;
    fleet.heal(what, &[leader, other]).await;
}

/// Waits until those that are well decide, and name a gateway that is not gone for every group, and for
/// some seconds more: what is wrong on either side is to be seen.
async fn move_on(
    fleet: &mut Fleet<HostedWeed>,
    what: &str,
    cut: u64,
    unwell: &[usize],
    gone: &[usize],
) {
    let well = others(GATEWAYS, unwell);
    let decided = fleet.decides(&format!("{what}-{cut}"), &well).await;
    fleet.took(
        &format!("{what}: until the others decide"),
        cut,
        decided,
        ms(8_000),
    );
    let groups = names(GROUPS);
    let answered = fleet
        .answered_with(cut, &groups, &well, &others(GATEWAYS, gone))
        .await;
    let name = format!("{what}: until the others name a reachable coordinator for every group");
    fleet.took(&name, cut, answered, None);
    sleep(Duration::from_secs(2)).await;
}

/// The one of some gateways that owns the most groups.
pub(super) fn busiest(fleet: &Fleet<HostedWeed>, places: &[usize]) -> usize {
    let now = fleet.recorder.now();
    let most = places
        .iter()
        .max_by_key(|&&place| fleet.groups_of(place, now).len());
    let most = *most.expect("a gateway");
    assert!(
        !fleet.groups_of(most, now).is_empty(),
        "somebody else than the leader owns groups"
    );
    most
}

pub(super) const fn shown(how: Cut) -> &'static str {
    match how {
        Cut::Both => "cut off",
        Cut::Sent => "heard by nobody",
        Cut::Received => "hearing nobody",
    }
}
