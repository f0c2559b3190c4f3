//! Which gateways the store knows, and which it is to know. Whether they live is not in it.

use std::collections::{BTreeMap, BTreeSet};

use groupkeeper_assignment_store::{Admission, GatewayRecord, ReadError, StoredGateways};
use groupkeeper_types::{GatewayAddr, Moment, Stamp};

use super::in_flight::InFlight;
use super::reading::{Reading, honest};
use crate::machine::core::Ctx;
use crate::machine::{BatchChange, OpId, StoreWork};

/// The stored set of gateways: who leads next knows of these.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct StoredSet {
    reading: Reading,
    /// No gateway was stored: there is nobody to inherit.
    found_nobody: bool,
    records: BTreeMap<GatewayAddr, Admission>,
    /// Gateways to enter it, and to leave it, with the next commit.
    admissions: BTreeMap<GatewayAddr, GatewayRecord>,
    dismissals: BTreeSet<GatewayAddr>,
}

impl StoredSet {
    /// Whether it has been read.
    pub(super) fn is_known(&self) -> bool {
        self.reading.is_whole()
    }

    /// Whether nobody was in it when it was read.
    pub(super) fn found_nobody(&self) -> bool {
        self.found_nobody
    }

    pub(super) fn deadline(&self) -> Moment {
        self.reading.deadline()
    }

    pub(super) fn has(&self, addr: &GatewayAddr) -> bool {
        self.records.contains_key(addr)
    }

    /// Whether this very process is in it: then it may be given groups, as far as the store is concerned.
    pub(super) fn is_stored(&self, record: &GatewayRecord) -> bool {
        self.admitted(record).is_some()
    }

    /// Which commit has let this very process in.
    pub(super) fn admitted(&self, record: &GatewayRecord) -> Option<Stamp> {
        let stored = self.records.get(&record.addr);
        let same = stored.filter(|stored| stored.gateway == *record);
        same.map(|stored| stored.admitted)
    }

    /// Everybody in it, sorted by address.
    pub(super) fn gateways(&self) -> impl Iterator<Item = &GatewayRecord> {
        self.records.values().map(|stored| &stored.gateway)
    }

    pub(super) fn get(&self, addr: &GatewayAddr) -> Option<&GatewayRecord> {
        self.records.get(addr).map(|stored| &stored.gateway)
    }

    /// Reads it, when that is due.
    pub(super) fn read(&mut self, ctx: &mut Ctx<'_>) {
        if self.reading.is_due(ctx.now) {
            self.reading = Reading::UnderWay(ctx.store(StoreWork::Gateways));
        }
    }

    /// It has been read: what stood there, to be entered.
    pub(super) fn was_read(
        &mut self,
        ctx: &mut Ctx<'_>,
        op: OpId,
        result: Result<StoredGateways, ReadError>,
    ) -> Option<StoredGateways> {
        if !self.reading.is_by(op) {
            return None;
        }
        match honest(result) {
            Ok(stored) => {
                self.reading = Reading::Whole;
                self.found_nobody = stored.is_empty();
                Some(stored)
            }
            Err(error) => {
                self.reading.failed(ctx, &error);
                None
            }
        }
    }

    /// A gateway is in it.
    pub(super) fn enter(&mut self, admission: Admission) {
        self.records.insert(admission.addr().clone(), admission);
    }

    /// A gateway is no longer in it.
    pub(super) fn remove(&mut self, addr: &GatewayAddr) {
        self.records.remove(addr);
    }

    /// Wants a gateway in it, unless it is there or on its way.
    pub(super) fn admit(&mut self, record: GatewayRecord, in_flight: InFlight<'_>) {
        self.dismissals.remove(&record.addr);
        let stays = self.is_stored(&record) && !in_flight.dismisses(&record.addr);
        if !stays && !in_flight.admits(&record) {
            self.admissions.insert(record.addr.clone(), record);
        }
    }

    /// Wants a gateway out of it; whether that takes a commit.
    pub(super) fn dismiss(&mut self, addr: &GatewayAddr, in_flight: InFlight<'_>) -> bool {
        self.admissions.remove(addr);
        let stored = self.has(addr) || in_flight.touches(addr);
        if stored {
            self.dismiss_again(addr.clone());
        }
        stored
    }

    /// The store did not take a commit that dismisses this gateway.
    pub(super) fn dismiss_again(&mut self, addr: GatewayAddr) {
        self.dismissals.insert(addr);
    }

    /// Whether a gateway is on its way out.
    pub(super) fn is_to_leave(&self, addr: &GatewayAddr, in_flight: InFlight<'_>) -> bool {
        self.dismissals.contains(addr) || in_flight.dismisses(addr)
    }

    /// What the next commit changes in it, as much as one takes: the rest waits for another.
    pub(super) fn take_changes(&mut self, most: usize) -> Vec<BatchChange> {
        let mut changes = Vec::new();
        while changes.len() < most
            && let Some((_, record)) = self.admissions.pop_first()
        {
            changes.push(BatchChange::Admit(record));
        }
        while changes.len() < most
            && let Some(addr) = self.dismissals.pop_first()
        {
            changes.push(BatchChange::Dismiss(addr));
        }
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::testing::{Bench, addr, admission, batch, gateway, record};

    const NOTHING: InFlight<'static> = InFlight::new(None);

    #[test]
    fn wants_each_gateway_once() {
        let mut set = StoredSet::default();
        set.enter(admission("a", 1));
        set.admit(gateway("a", 1), NOTHING);
        assert_eq!(set.take_changes(9), []);
        set.admit(gateway("a", 2), NOTHING);
        assert!(set.is_stored(&gateway("a", 1)) && !set.is_stored(&gateway("a", 2)));
        let changes = set.take_changes(9);
        assert_eq!(changes, [BatchChange::Admit(gateway("a", 2))]);
        let commit = batch(&record(1, None), changes);
        set.admit(gateway("a", 2), InFlight::new(Some(&commit)));
        assert_eq!(set.take_changes(9), [], "it is on its way");
    }

    #[test]
    fn only_what_may_be_stored_takes_a_commit_to_leave() {
        let mut set = StoredSet::default();
        assert!(!set.dismiss(&addr("a"), NOTHING));
        set.admit(gateway("a", 1), NOTHING);
        assert!(!set.dismiss(&addr("a"), NOTHING), "not sent yet");
        set.enter(admission("a", 1));
        assert!(set.dismiss(&addr("a"), NOTHING) && set.is_to_leave(&addr("a"), NOTHING));
        set.admit(gateway("a", 1), NOTHING);
        assert!(!set.is_to_leave(&addr("a"), NOTHING), "it came back");
        let commit = batch(&record(1, None), vec![BatchChange::Admit(gateway("b", 1))]);
        assert!(set.dismiss(&addr("b"), InFlight::new(Some(&commit))));
    }

    #[test]
    fn what_one_commit_does_not_take_waits_for_the_next() {
        let mut set = StoredSet::default();
        set.admit(gateway("a", 1), NOTHING);
        set.admit(gateway("b", 1), NOTHING);
        set.dismiss_again(addr("c"));
        let names = |changes: Vec<BatchChange>| changes.len();
        assert_eq!(names(set.take_changes(2)), 2);
        assert_eq!(set.take_changes(2), [BatchChange::Dismiss(addr("c"))]);
    }

    #[test]
    fn a_read_that_failed_is_not_an_empty_set() {
        let (mut bench, mut set) = (Bench::new(), StoredSet::default());
        set.read(&mut bench.ctx());
        let (op, _) = bench.asked();
        let error = ReadError::Unavailable {
            why: "no answer".to_owned(),
        };
        assert!(set.was_read(&mut bench.ctx(), op, Err(error)).is_none());
        assert!(!set.is_known() && set.deadline() > bench.now);
        bench.now = set.deadline();
        set.read(&mut bench.ctx());
        let (op, _) = bench.asked();
        let nobody = Ok(StoredGateways::default());
        assert!(set.was_read(&mut bench.ctx(), op, nobody).is_some());
        assert!(set.is_known() && set.found_nobody());
    }
}
