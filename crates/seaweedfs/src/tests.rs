//! The whole of it against filers that misbehave on demand.

mod fake_filer;
mod fake_lock;
mod fake_master;
mod reading;
mod writing;

use std::sync::Arc;
use std::time::Duration;

use groupkeeper_assignment_store::{Assignment, Change, Commit, Failovers, LeaderRecord};
use groupkeeper_types::{
    Epoch, GatewayAddr, GroupName, Incarnation, Nonce, Revision, RpcAddr, WallTime,
};

use crate::{SeaweedConfig, SeaweedFs};
use fake_filer::FakeFiler;
use fake_master::FakeMaster;

/// A store on these filers, of which the first decides.
async fn connect(filers: &[&FakeFiler]) -> (Arc<SeaweedFs>, FakeMaster) {
    let master = FakeMaster::start(filers.iter().map(|filer| filer.address.to_string())).await;
    for filer in filers {
        filer.with(|state| state.decider = filers[0].address.to_string());
    }
    let mut config = SeaweedConfig::new(vec![master.address.clone()]);
    config.read_timeout = Duration::from_millis(500);
    config.write_timeout = Duration::from_millis(500);
    (SeaweedFs::connect(config), master)
}

fn record(epoch: u64) -> LeaderRecord {
    LeaderRecord {
        epoch: Epoch::new(epoch),
        revision: Revision::ZERO,
        leader: GatewayAddr::new("127.0.0.1:9093").unwrap(),
        incarnation: Incarnation::new(1),
        rpc: RpcAddr::new("127.0.0.1:7000").unwrap(),
        nonce: Nonce::random(),
        settled: groupkeeper_types::Stamp::ZERO,
        failovers: Failovers::default(),
        leases: None,
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
