use async_trait::async_trait;
use futures_util::TryStreamExt;
use groupkeeper_types::{GroupName, Stamp};

use crate::{AssignmentStore, Listed, ReadError, Settled};

/// What can be said with the calls of an [`AssignmentStore`] alone; every store has it.
///
/// Each call may be dropped at any await and has no effect on the store.
#[async_trait]
pub trait AssignmentStoreExt: AssignmentStore {
    /// What may be answered about a group: reads the leader record, then the assignment, in that
    /// order, and compares their stamps.
    ///
    /// # Errors
    /// When one of them can't be read, or is unreadable.
    async fn load_settled(&self, group: &GroupName) -> Result<Settled, ReadError> {
        // The other way round, a batch could land whole between the two reads of a group that it
        // changed, and the older assignment would look settled.
        let Some(record) = self.record().await? else {
            return Ok(Settled::NobodyHasLed);
        };
        Ok(match self.load(group).await? {
            None => Settled::Unassigned { record },
            Some(assignment) if !record.settles(assignment.stamp) => {
                Settled::InDoubt { record, assignment }
            }
            Some(assignment) => Settled::Assigned { record, assignment },
        })
    }

    /// The whole listing at once: as many entries as there are groups.
    ///
    /// # Errors
    /// The listing's first error; what came before it is dropped.
    async fn list_all(&self) -> Result<Vec<Listed>, ReadError> {
        self.list().try_collect().await
    }

    /// The newest stamp in the record and in all assignments, [`Stamp::ZERO`] in an empty store: a
    /// new epoch must be higher. Unreadable entries have none to tell.
    ///
    /// # Errors
    /// When the record or the listing can't be read whole.
    async fn highest_stamp(&self) -> Result<Stamp, ReadError> {
        let of_record = self
            .record()
            .await?
            .map_or(Stamp::ZERO, |record| record.stamp());
        self.list()
            .try_fold(of_record, |highest, entry| {
                let of_entry = match entry {
                    Listed::Assignment(assignment) => assignment.stamp,
                    Listed::Unreadable { .. } => Stamp::ZERO,
                };
                std::future::ready(Ok(highest.max(of_entry)))
            })
            .await
    }
}

impl<S: AssignmentStore + ?Sized> AssignmentStoreExt for S {}
