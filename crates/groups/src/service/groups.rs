use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use groupkeeper_types::{Clock, GroupName, WallTime};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::runner::run;
use super::slot::{Asked, Slot};
use crate::calls::{Call, GroupError};
use crate::config::GroupConfig;
use crate::machine::{Answer, Now, Request};
use crate::store::GroupStore;

/// Serves groups out of a store: [`GroupCoordinator`](crate::GroupCoordinator) for one gateway.
///
/// A group is read when its first call comes, and kept in memory as long as this gateway owns it and
/// somebody is in it. Its first write replaces the record of the owner before under the new token;
/// heartbeats are answered before that, everything else after. One write of a group is in flight at a
/// time, and what comes meanwhile goes with the next one. A write without an answer is repeated, the very
/// same, until it is confirmed, refused, or the lease is over.
///
/// Dropped, it ends at once: calls under way are not answered, and a write under way may still land.
pub struct Groups {
    shared: Arc<Shared>,
    tasks: Mutex<JoinSet<()>>,
}

/// What all groups of a gateway share.
pub(super) struct Shared {
    pub(super) store: Arc<dyn GroupStore>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) config: GroupConfig,
    pub(super) loads: Semaphore,
    slots: Mutex<BTreeMap<GroupName, Arc<Slot>>>,
}

/// Groups that are read at a time.
const LOADS: usize = 64;
/// How often a call looks for its group again that was just dropped for want of use.
const TRIES: usize = 3;

impl Groups {
    /// Serves from this store; sessions are counted on this clock.
    pub fn new(store: Arc<dyn GroupStore>, clock: Arc<dyn Clock>, config: GroupConfig) -> Self {
        let shared = Shared {
            store,
            clock,
            config,
            loads: Semaphore::new(LOADS),
            slots: Mutex::default(),
        };
        Self {
            shared: Arc::new(shared),
            tasks: Mutex::default(),
        }
    }

    pub(super) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Groups that are in memory.
    pub fn loaded(&self) -> usize {
        self.shared.slots().len()
    }

    pub(super) async fn ask(
        &self,
        call: &Call<'_>,
        request: Request<'_>,
    ) -> Result<Answer, GroupError> {
        for _ in 0..TRIES {
            let slot = self.slot(call)?;
            match slot.ask(&self.shared, request).await {
                Asked::Answered(answer) => return Ok(answer),
                Asked::Ended(error) => return Err(error),
                Asked::Unused => {}
            }
        }
        Err(GroupError::CoordinatorLoadInProgress)
    }

    /// The group as of this call's token. What is known by an older one may be out of date: another
    /// gateway may have acted in between.
    fn slot(&self, call: &Call<'_>) -> Result<Arc<Slot>, GroupError> {
        let token = call.lease.token();
        let slot = {
            let mut slots = self.shared.slots();
            if let Some(slot) = slots.get(call.group()) {
                if token < slot.token() {
                    return Err(GroupError::NotCoordinator);
                }
                if token == slot.token() && !slot.has_ended() {
                    return Ok(Arc::clone(slot));
                }
                slot.end(Some(GroupError::NotCoordinator));
            } else if slots.len() >= self.shared.config.bounds.groups {
                return Err(GroupError::CoordinatorNotAvailable);
            }
            let slot = Arc::new(Slot::new(Arc::clone(&call.lease), self.shared.clock.now()));
            slots.insert(call.group().clone(), Arc::clone(&slot));
            slot
        };
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        while tasks.try_join_next().is_some() {}
        tasks.spawn(run(Arc::clone(&self.shared), Arc::clone(&slot)));
        Ok(slot)
    }
}

impl Shared {
    pub(super) fn slots(&self) -> MutexGuard<'_, BTreeMap<GroupName, Arc<Slot>>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self) -> Now {
        Now {
            moment: self.clock.now(),
            wall: WallTime::now(),
        }
    }

    /// Drops a group that has ended, unless it was loaded anew already.
    pub(super) fn forget(&self, slot: &Arc<Slot>) {
        let mut slots = self.slots();
        let known = slots.get(slot.group());
        if known.is_some_and(|known| Arc::ptr_eq(known, slot)) {
            slots.remove(slot.group());
        }
    }
}

impl fmt::Debug for Groups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Groups")
            .field("store", &self.shared.store)
            .field("loaded", &self.loaded())
            .finish_non_exhaustive()
    }
}
