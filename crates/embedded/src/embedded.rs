use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use groupkeeper_election::MemoryLockService;
use groupkeeper_types::{BootClock, Clock};

use crate::database::Database;
use crate::group_writes::GroupWrites;
use crate::{EmbeddedAssignmentStore, EmbeddedGroupStore, EmbeddedLockService, OpenError, opening};

/// A directory of data, open. Clones share it; it is closed when the last of them is gone, and the
/// last store and lock service that came from it.
#[derive(Debug, Clone)]
pub struct Embedded {
    database: Database,
    group_writes: GroupWrites,
    clock: Arc<dyn Clock>,
    locks: Arc<Mutex<BTreeMap<String, MemoryLockService>>>,
}

impl Embedded {
    /// Opens a directory of data, which is created if it is not there.
    ///
    /// It blocks while it reads all of the data to check it: call it before serving.
    ///
    /// # Errors
    /// When the directory can't be used, somebody else has it open, or what is in it can't be
    /// relied on. Each says what to do about it, and nothing in the directory is lost.
    pub fn open(dir: &Path) -> Result<Self, OpenError> {
        Self::open_with_clock(dir, Arc::new(BootClock))
    }

    /// As [`open`](Self::open); the locks' times-to-live are counted on this clock.
    ///
    /// # Errors
    /// Those of [`open`](Self::open).
    pub fn open_with_clock(dir: &Path, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let database = Database::new(opening::open(dir)?);
        Ok(Self {
            database,
            group_writes: GroupWrites::default(),
            clock,
            locks: Arc::default(),
        })
    }

    /// The assignments of a fleet. Any text names one, and no two fleets see each other.
    pub fn store(&self, fleet: &str) -> EmbeddedAssignmentStore {
        EmbeddedAssignmentStore::new(self.database.clone(), fleet)
    }

    /// The groups of a fleet, with their members and offsets. Any text names one, and no two fleets see each
    /// other.
    pub fn groups(&self, fleet: &str) -> EmbeddedGroupStore {
        EmbeddedGroupStore::new(self.database.clone(), self.group_writes.clone(), fleet)
    }

    /// The locks of a fleet. Any text names one, and no two fleets see each other.
    pub fn locks(&self, fleet: &str) -> EmbeddedLockService {
        let mut fleets = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = || MemoryLockService::new(Arc::clone(&self.clock));
        let locks = fleets.entry(fleet.to_owned()).or_insert_with(fresh);
        EmbeddedLockService::new(self.database.clone(), locks.clone())
    }
}
