use std::collections::BTreeMap;

use groupkeeper_assignment_store::{Admission, LeaderRecord};
use groupkeeper_registry::machine::{Answer, Batch, BatchChange, StoreWork};
use groupkeeper_types::GatewayAddr;

use crate::placed::Placed;

/// A store that is never in the way: it takes every write at once.
///
/// It remembers whole commits by their effect alone, so that what is measured is the leader.
#[derive(Debug, Default)]
pub(crate) struct Store {
    record: Option<LeaderRecord>,
    gateways: BTreeMap<GatewayAddr, Admission>,
    pub(crate) placed: Placed,
    pub(crate) commits: u64,
    pub(crate) failovers: u64,
    pub(crate) rewritten: u64,
}

impl Store {
    pub(crate) fn answer(&mut self, work: StoreWork) -> Answer {
        match work {
            StoreWork::ReadRecord => Answer::Record(Ok(self.record.clone())),
            StoreWork::Begin { next, .. } => {
                self.record = Some(next);
                Answer::Written(Ok(()))
            }
            StoreWork::Gateways => Answer::Gateways(Ok(self.gateways.values().cloned().collect())),
            StoreWork::Load(_) => Answer::Loaded(Ok(None)),
            StoreWork::Commit(batch) => {
                self.commit(batch);
                Answer::Written(Ok(()))
            }
            StoreWork::Verify(_) => Answer::Written(Ok(())),
        }
    }

    fn commit(&mut self, batch: Batch) {
        self.commits += 1;
        let newest = batch.next.failovers.newest();
        if newest.is_some_and(|failover| failover.stamp() == batch.next.stamp()) {
            self.failovers += 1;
            self.placed.fail_over(&batch.next);
        }
        for change in batch.changes {
            match change {
                BatchChange::Assign(decision) => self.placed.assign(&decision),
                BatchChange::Rewrite(_) => self.rewritten += 1,
                BatchChange::Admit(record) => {
                    let admitted = Admission {
                        gateway: record,
                        admitted: batch.next.stamp(),
                    };
                    self.gateways.insert(admitted.addr().clone(), admitted);
                }
                BatchChange::Dismiss(addr) => {
                    self.gateways.remove(&addr);
                }
                _ => {}
            }
        }
        self.record = Some(batch.next);
    }

    pub(crate) fn stored(&self) -> usize {
        self.gateways.len()
    }
}
