//! One gateway whose packets vanish, and nobody else's.

use std::time::Duration;

use groupkeeper_tests::scenario::{Cut, Fleet};
use groupkeeper_tests::{HostedWeed, Layout, Network};
use tokio::time::sleep;

use crate::cuts::{busiest, shown};
use crate::{ms, others};

const GATEWAYS: usize = 3;

/// Several cuts of one fleet, one after the other.
#[test]
fn gateway_cut() {
    Network::run(async |network| {
        let layout = Layout {
            masters: 1,
            master_options: &[],
            filers: 2,
            gateways: GATEWAYS,
        };
        let mut fleet = Fleet::start_on_hosts("gateway_cut", network, layout).await;
        for how in [Cut::Both, Cut::Sent, Cut::Received] {
            let leader = fleet.leader(&others(GATEWAYS, &[])).await;
            let follower = busiest(&fleet, &others(GATEWAYS, &[leader]));
            let what = format!("a follower, {}", shown(how));
            cut_off(&mut fleet, &what, follower, how).await;
            fleet.mend(&what, &[follower]).await;
        }
        for how in [Cut::Both, Cut::Sent, Cut::Received] {
            let leader = fleet.leader(&others(GATEWAYS, &[])).await;
            let what = format!("the leader, {}", shown(how));
            let at = cut_off(&mut fleet, &what, leader, how).await;
            let led = fleet.new_leader(at, &others(GATEWAYS, &[leader])).await;
            let name = format!("{what}: until every other gateway names a new leader");
            fleet.took(&name, at, led, None);
            fleet.mend(&what, &[leader]).await;
        }
        sleep(Duration::from_secs(5)).await;
        fleet.finish().await;
    });
}

/// Drops a gateway's packets until the others own its groups, and for some seconds more; returns since
/// when.
async fn cut_off(fleet: &mut Fleet<HostedWeed>, what: &str, lonely: usize, how: Cut) -> u64 {
    let living = others(GATEWAYS, &[lonely]);
    let side = [fleet.host(lonely)];
    let rest = fleet.cluster.network.others(&side);
    let at = fleet.drop_between(&side, &rest, how, &[lonely], false);
    let groups = fleet.groups_of(lonely, at);
    let answered = fleet.answered_by(at, &groups, &living).await;
    let name = format!("{what}: until the others name another coordinator for each of its groups");
    fleet.took(&name, at, answered, ms(8_000));
    fleet.owned_by(at, &groups, &living).await;
    sleep(Duration::from_secs(3)).await;
    at
}
