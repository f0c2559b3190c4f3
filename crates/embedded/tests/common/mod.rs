use std::path::Path;

use groupkeeper_assignment_store::{
    Admission, Assignment, Change, Commit, Failovers, GatewayRecord, LeaderRecord,
};
use groupkeeper_embedded::Embedded;
use groupkeeper_types::{
    Epoch, GatewayAddr, GroupName, Incarnation, Nonce, Revision, RpcAddr, Stamp, WallTime,
};

pub(crate) fn open(dir: &Path) -> Embedded {
    Embedded::open(dir).unwrap()
}

pub(crate) fn group(name: &str) -> GroupName {
    GroupName::new(name).unwrap()
}

pub(crate) fn addr(number: u64) -> GatewayAddr {
    GatewayAddr::new(&format!("gateway-{number}:9092")).unwrap()
}

pub(crate) fn record(epoch: u64) -> LeaderRecord {
    LeaderRecord {
        epoch: Epoch::new(epoch),
        revision: Revision::ZERO,
        leader: addr(1),
        incarnation: Incarnation::new(1),
        rpc: RpcAddr::new("10.0.0.1:7000").unwrap(),
        nonce: Nonce::random(),
        settled: Stamp::ZERO,
        failovers: Failovers::default(),
        leases: None,
        lineage: Default::default(),
        floor: Stamp::ZERO,
        other: Default::default(),
    }
}

/// Puts a group on a gateway, in the commit that follows this record.
pub(crate) fn assign(record: &LeaderRecord, name: &str, gateway: u64) -> Change {
    Change::Assign(Assignment {
        group: group(name),
        coordinator: addr(gateway),
        stamp: Stamp::new(record.epoch, record.revision.next()),
        assigned_at: WallTime::EPOCH,
    })
}

pub(crate) fn admit(number: u64, incarnation: u64) -> Change {
    Change::Admit(Admission {
        gateway: GatewayRecord {
            addr: addr(number),
            incarnation: Incarnation::new(incarnation),
            rpc: RpcAddr::new("10.0.0.1:7000").unwrap(),
        },
        admitted: Stamp::new(Epoch::new(1), Revision::new(incarnation)),
    })
}

/// The commit that follows this record.
pub(crate) fn commit(record: &LeaderRecord, changes: Vec<Change>) -> Commit {
    let revision = record.revision.next();
    let next = LeaderRecord {
        revision,
        nonce: Nonce::random(),
        ..record.clone()
    };
    Commit::new(record.clone(), next, changes).unwrap()
}
