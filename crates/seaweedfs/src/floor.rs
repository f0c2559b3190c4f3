use std::sync::{Mutex, PoisonError};

use groupkeeper_assignment_store::LeaderRecord;

/// The newest leader record that this process has written or read. A filer whose own copy of the
/// record is older has not heard of all that came before, so nothing is read from it.
///
/// Filers copy each other's changes in their order, and the record is the last change of a commit:
/// who has the record has the commit.
#[derive(Debug, Default)]
pub(crate) struct Floor(Mutex<Option<LeaderRecord>>);

impl Floor {
    pub(crate) fn get(&self) -> Option<LeaderRecord> {
        self.lock().clone()
    }

    /// Takes note of a record that stands.
    pub(crate) fn raise(&self, record: &LeaderRecord) {
        let mut floor = self.lock();
        if floor
            .as_ref()
            .is_none_or(|floor| floor.stamp() < record.stamp())
        {
            *floor = Some(record.clone());
        }
    }

    /// Forgets a record that no longer stands where writes are decided: the store went backwards,
    /// or on without it.
    pub(crate) fn forget(&self, record: &LeaderRecord) {
        let mut floor = self.lock();
        if floor.as_ref() == Some(record) {
            *floor = None;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<LeaderRecord>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
