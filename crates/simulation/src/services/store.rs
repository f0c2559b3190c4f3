use std::collections::{BTreeMap, VecDeque};

use groupkeeper_assignment_store::{Expected, GatewayRecord, LeaderRecord, WriteError};
use groupkeeper_registry::Folding;
use groupkeeper_registry::machine::{Batch, BatchChange};
use groupkeeper_registry::peer::Decision;
use groupkeeper_types::GatewayAddr;
use groupkeeper_types::mutation::{self, Mutation};

use crate::names;

/// A write on its way through the store.
#[derive(Debug, Clone)]
pub(crate) enum Write {
    Begin {
        expected: Expected,
        next: LeaderRecord,
    },
    Commit(Batch),
    Verify(LeaderRecord),
}

/// A write that waits for its turn, or has it.
#[derive(Debug)]
pub(crate) struct Landing<T> {
    pub(crate) write: Write,
    /// Changes made so far.
    pub(crate) made: usize,
    /// It stops for good after so many changes.
    pub(crate) stops_after: Option<usize>,
    /// Who waits for it.
    pub(crate) waits: T,
}

/// The store: one leader record, an assignment per group, and the set of gateways.
///
/// Writes take turns, as under the lock of a path; the record is compared when a write has its turn.
/// A commit makes its changes one by one, where reads see them, and the record comes last.
#[derive(Debug)]
pub(crate) struct Store<T> {
    pub(crate) record: Option<LeaderRecord>,
    pub(crate) assignments: BTreeMap<usize, Decision>,
    pub(crate) gateways: BTreeMap<GatewayAddr, GatewayRecord>,
    pub(crate) active: Option<Landing<T>>,
    pub(crate) waiting: VecDeque<Landing<T>>,
}

impl<T> Store<T> {
    pub(crate) fn new() -> Self {
        Self {
            record: None,
            assignments: BTreeMap::new(),
            gateways: BTreeMap::new(),
            active: None,
            waiting: VecDeque::new(),
        }
    }

    /// What a write finds when its turn comes: `Ok(true)` when it has landed before.
    pub(crate) fn admit(&self, write: &Write) -> Result<bool, WriteError> {
        let stands = |record: &LeaderRecord| self.record.as_ref() == Some(record);
        let (done, admitted) = match write {
            Write::Begin { expected, next } => (stands(next), expected.holds(self.record.as_ref())),
            Write::Commit(batch) => (stands(&batch.next), stands(&batch.expected)),
            Write::Verify(record) => (stands(record), false),
        };
        if done {
            return Ok(true);
        }
        let unfenced =
            matches!(write, Write::Commit(_)) && mutation::is_on(Mutation::UnfencedStore);
        if admitted || unfenced {
            return Ok(false);
        }
        Err(WriteError::Stale {
            found: self.record.clone().map(Box::new),
        })
    }

    /// What the store says of a group: what stands there, as failovers have moved it.
    pub(crate) fn says(&self, group: usize) -> Option<Decision> {
        let stored = self.assignments.get(&group)?;
        let record = self.record.as_ref();
        let settled = record.filter(|record| record.settles(stored.stamp));
        Some(settled.map_or_else(
            || stored.clone(),
            |record| folding(record).fold(stored.clone()),
        ))
    }

    /// What a commit that is about to be whole moves by a failover of its own.
    pub(crate) fn failed_over(&self, batch: &Batch) -> Vec<Decision> {
        let newest = batch.next.failovers.newest();
        if newest.is_none_or(|failover| failover.stamp() != batch.next.stamp()) {
            return Vec::new();
        }
        let after = folding(&batch.next);
        let said = self
            .assignments
            .keys()
            .filter_map(|group| self.says(*group));
        said.filter_map(|before| {
            let moved = after.fold(before.clone());
            (moved != before).then_some(moved)
        })
        .collect()
    }

    /// Makes one change; what stood there before.
    pub(crate) fn make(&mut self, change: &BatchChange) -> Option<Decision> {
        match change {
            BatchChange::Assign(decision) | BatchChange::Rewrite(decision) => self
                .assignments
                .insert(names::group_index(&decision.group), decision.clone()),
            // Everything can be read here.
            BatchChange::SetAside(_) => None,
            BatchChange::Admit(record) => {
                self.gateways.insert(record.addr.clone(), record.clone());
                None
            }
            BatchChange::Dismiss(addr) => {
                self.gateways.remove(addr);
                None
            }
        }
    }
}

pub(crate) fn folding(record: &LeaderRecord) -> Folding {
    Folding::new(&record.failovers).expect("there is one version of the rules")
}
