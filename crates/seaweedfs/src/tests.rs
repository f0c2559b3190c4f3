//! The whole of it against filers that misbehave on demand.

mod copying;
mod deciding;
mod fake_filer;
mod fake_lock;
mod fake_master;
mod fake_port;
mod reading;
mod restarted;
mod spellings;
mod swapped;
mod writing;
mod wrong_ports;

use std::sync::Arc;
use std::time::Duration;

use groupkeeper_assignment_store::{Assignment, Change, Commit, Failovers, LeaderRecord};
use groupkeeper_types::{
    Epoch, GatewayAddr, GroupName, Incarnation, Nonce, Revision, RpcAddr, Stamp, WallTime,
};

use crate::{SeaweedConfig, SeaweedFs, ServerAddress};
use fake_filer::FakeFiler;
use fake_master::FakeMaster;

/// A store on these filers, of which the first decides, and may do so at once.
async fn connect(filers: &[&FakeFiler]) -> (Arc<SeaweedFs>, FakeMaster) {
    let master = master_of(filers).await;
    let config = config(&[&master]);
    (SeaweedFs::connect(config), master)
}

/// A store on the filers at these addresses.
async fn connect_at(
    addresses: impl Iterator<Item = &ServerAddress>,
) -> (Arc<SeaweedFs>, FakeMaster) {
    let master = FakeMaster::start(addresses.map(ToString::to_string)).await;
    let config = config(&[&master]);
    (SeaweedFs::connect(config), master)
}

/// A master that lists these filers, which all hold the first for the one that decides.
async fn master_of(filers: &[&FakeFiler]) -> FakeMaster {
    for filer in filers {
        filer.with(|state| state.decider = filers[0].address.to_string());
    }
    FakeMaster::start(filers.iter().map(|filer| filer.address.to_string())).await
}

fn config(masters: &[&FakeMaster]) -> SeaweedConfig {
    let masters = masters.iter().map(|master| master.address.clone());
    let mut config = SeaweedConfig::new(masters.collect());
    config.read_timeout = Duration::from_millis(500);
    config.write_timeout = Duration::from_millis(500);
    config.lock_timeout = Duration::from_secs(2);
    config.settle = Duration::ZERO;
    config.acquaintance = Duration::ZERO;
    config
}

fn record(epoch: u64) -> LeaderRecord {
    LeaderRecord {
        epoch: Epoch::new(epoch),
        revision: Revision::ZERO,
        leader: GatewayAddr::new("127.0.0.1:9093").unwrap(),
        incarnation: Incarnation::new(1),
        rpc: RpcAddr::new("127.0.0.1:7000").unwrap(),
        nonce: Nonce::random(),
        settled: Stamp::ZERO,
        failovers: Failovers::default(),
        leases: None,
        lineage: Default::default(),
        floor: Stamp::ZERO,
        other: Default::default(),
    }
}

fn group(name: &str) -> GroupName {
    GroupName::new(name).unwrap()
}

/// The next commit of who wrote this record: it assigns this group.
fn commit(current: &LeaderRecord, name: &str) -> Commit {
    let revision = current.revision.next();
    let next = LeaderRecord {
        revision,
        nonce: Nonce::random(),
        ..current.clone()
    };
    let assignment = Assignment {
        group: group(name),
        coordinator: GatewayAddr::new("127.0.0.1:9093").unwrap(),
        stamp: next.stamp(),
        assigned_at: WallTime::EPOCH,
    };
    Commit::new(current.clone(), next, vec![Change::Assign(assignment)]).unwrap()
}
