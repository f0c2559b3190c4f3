use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use futures_util::stream::{self, StreamExt as _};
use groupkeeper_assignment_store::{
    Admission, Assignment, AssignmentStore, Commit, Expected, GatewayRecord, LeaderRecord, Listed,
    Listing, ReadError, StoredGateways, WriteError,
};
use groupkeeper_types::{
    Epoch, GatewayAddr, GroupName, Incarnation, Nonce, Revision, RpcAddr, Stamp, WallTime,
};

/// A store that makes its assignments up when they are read, so that none of them is in memory here. It
/// takes every write, and remembers the record alone.
#[derive(Debug)]
pub(crate) struct Stored {
    groups: u32,
    gateways: u32,
    record: Mutex<LeaderRecord>,
}

/// The commit that decided everything.
const STAMP: Stamp = Stamp::new(Epoch::new(1), Revision::new(1));

impl Stored {
    pub(crate) fn new(groups: u32, gateways: u32) -> Self {
        let leader = gateway(0);
        let record = LeaderRecord {
            epoch: STAMP.epoch,
            revision: STAMP.revision,
            leader: leader.addr,
            incarnation: leader.incarnation,
            rpc: leader.rpc,
            settled: STAMP,
            failovers: <_>::default(),
            leases: None,
            nonce: Nonce::new(1),
            lineage: Default::default(),
            floor: Stamp::ZERO,
            other: Default::default(),
        };
        Self {
            groups,
            gateways,
            record: Mutex::new(record),
        }
    }

    pub(crate) fn gateway(&self, number: u32) -> GatewayRecord {
        gateway(number % self.gateways)
    }

    fn put(&self, record: &LeaderRecord) {
        *self.record.lock().unwrap_or_else(PoisonError::into_inner) = record.clone();
    }
}

#[async_trait]
impl AssignmentStore for Stored {
    async fn record(&self) -> Result<Option<LeaderRecord>, ReadError> {
        let record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Some(record.clone()))
    }

    async fn load(&self, _: &GroupName) -> Result<Option<Assignment>, ReadError> {
        Ok(None)
    }

    fn list(&self) -> Listing {
        let gateways = self.gateways;
        // A name and an address of its own each time, as a store reads them.
        stream::iter((0..self.groups).map(move |number| {
            Ok(Listed::Assignment(Assignment {
                group: group(number),
                coordinator: addr(number % gateways),
                stamp: STAMP,
                assigned_at: WallTime::EPOCH,
            }))
        }))
        .boxed()
    }

    async fn gateways(&self) -> Result<StoredGateways, ReadError> {
        let admission = |number| Admission {
            gateway: gateway(number),
            admitted: Stamp::ZERO,
        };
        Ok((0..self.gateways).map(admission).collect())
    }

    async fn begin(&self, _: &Expected, next: &LeaderRecord) -> Result<(), WriteError> {
        self.put(next);
        Ok(())
    }

    async fn commit(&self, commit: &Commit) -> Result<(), WriteError> {
        self.put(commit.next());
        Ok(())
    }

    async fn verify(&self, _: &LeaderRecord) -> Result<(), WriteError> {
        Ok(())
    }
}

fn gateway(number: u32) -> GatewayRecord {
    let rpc = format!("gateway-{number:03}.kafka.internal:19092");
    GatewayRecord {
        addr: addr(number),
        incarnation: Incarnation::new(u64::from(number) + 1),
        rpc: RpcAddr::new(&rpc).expect("a proper address"),
    }
}

pub(crate) fn addr(number: u32) -> GatewayAddr {
    let addr = format!("gateway-{number:03}.kafka.internal:9092");
    GatewayAddr::new(&addr).expect("a proper address")
}

pub(crate) fn group(number: u32) -> GroupName {
    GroupName::new(&format!("consumers-{number:08}")).expect("a proper name")
}
