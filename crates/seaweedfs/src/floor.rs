use std::sync::{Mutex, PoisonError};

use groupkeeper_assignment_store::LeaderRecord;

/// The newest leader record that this process has written or read. A filer whose own copy of the
/// record is older has not heard of all that came before, so nothing is read from it.
///
/// A greater record that does not stand on it is of another copy: after a network cut filers can swap what
/// they have, and nothing is read from such a one either.
///
/// Filers copy each other's changes in their order, and the record is the last change of a commit:
/// who has the record has the commit.
#[derive(Debug, Default)]
pub(crate) struct Floor(Mutex<Option<LeaderRecord>>);

impl Floor {
    pub(crate) fn get(&self) -> Option<LeaderRecord> {
        self.lock().clone()
    }

    /// Takes note of a record that was read. One of another copy counts only where none has been seen.
    pub(crate) fn read(&self, record: &LeaderRecord) {
        let mut floor = self.lock();
        if floor
            .as_ref()
            .is_none_or(|floor| Self::reaches(record, floor))
        {
            *floor = Some(record.clone());
        }
    }

    /// Takes note of a record that stood where writes are decided; a newer one may have been seen since.
    pub(crate) fn stood(&self, record: &LeaderRecord) {
        let mut floor = self.lock();
        if floor
            .as_ref()
            .is_none_or(|floor| !Self::reaches(floor, record))
        {
            *floor = Some(record.clone());
        }
    }

    /// Takes a record for the newest that stands where writes are decided, though a greater one was seen: that is
    /// of another copy.
    pub(crate) fn lower(&self, record: &LeaderRecord) {
        *self.lock() = Some(record.clone());
    }

    /// Forgets a record that no longer stands where writes are decided: the store went backwards,
    /// or on without it.
    pub(crate) fn forget(&self, record: &LeaderRecord) {
        let mut floor = self.lock();
        if floor.as_ref() == Some(record) {
            *floor = None;
        }
    }

    /// Whether whoever has `found` has all that came before `record`.
    pub(crate) fn reaches(found: &LeaderRecord, record: &LeaderRecord) -> bool {
        found.stamp() >= record.stamp() && found.contains(record.stamp())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<LeaderRecord>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
