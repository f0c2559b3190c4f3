use std::collections::{BTreeMap, VecDeque};

use groupkeeper_assignment_store::{Expected, GatewayRecord, LeaderRecord, WriteError};
use groupkeeper_registry::machine::{Batch, BatchChange};
use groupkeeper_registry::peer::Decision;
use groupkeeper_types::GatewayAddr;

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
    /// A known bug: the record is not compared.
    pub(crate) unfenced: bool,
}

impl<T> Store<T> {
    pub(crate) fn new() -> Self {
        Self {
            record: None,
            assignments: BTreeMap::new(),
            gateways: BTreeMap::new(),
            active: None,
            waiting: VecDeque::new(),
            unfenced: false,
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
        if admitted || self.unfenced && matches!(write, Write::Commit(_)) {
            return Ok(false);
        }
        Err(WriteError::Stale {
            found: self.record.clone().map(Box::new),
        })
    }

    /// Makes one change; what stood there before.
    pub(crate) fn make(&mut self, change: &BatchChange) -> Option<Decision> {
        match change {
            BatchChange::Assign(decision) => self
                .assignments
                .insert(names::group_index(&decision.group), decision.clone()),
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
