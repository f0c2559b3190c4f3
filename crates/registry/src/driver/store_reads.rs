use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use groupkeeper_assignment_store::{AssignmentStore, ReadError};
use groupkeeper_types::{Clock, GroupName, Moment, Stamp};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::peer::{Decision, Found, PeerError};
use crate::timing::Timing;

/// Answers look-ups from the store, for a gateway that has no session with a leader.
///
/// Clients repeat their question ten times a second while there is no answer, so an answer is
/// remembered for a moment, and only so many reads are under way at once.
#[derive(Debug)]
pub(super) struct StoreReads {
    store: Arc<dyn AssignmentStore>,
    clock: Arc<dyn Clock>,
    limit: Duration,
    keep: Duration,
    under_way: Semaphore,
    kept: Mutex<BTreeMap<GroupName, Kept>>,
}

#[derive(Debug, Clone)]
struct Kept {
    until: Moment,
    answer: Result<Option<Found>, PeerError>,
}

impl StoreReads {
    /// The most reads at once; more questions wait for a place as long as for an answer.
    const UNDER_WAY: usize = 64;
    /// The most answers remembered.
    const KEPT: usize = 4_096;

    pub(super) fn new(
        store: Arc<dyn AssignmentStore>,
        clock: Arc<dyn Clock>,
        timing: &Timing,
    ) -> Self {
        Self {
            store,
            clock,
            limit: timing.find,
            keep: timing.retry_every,
            under_way: Semaphore::new(Self::UNDER_WAY),
            kept: Mutex::default(),
        }
    }

    /// What is stored of a group, if it is settled; `None` if nothing is.
    pub(super) async fn read(&self, group: &GroupName) -> Result<Option<Found>, PeerError> {
        if let Some(answer) = self.recall(group) {
            return answer;
        }
        let asked = async {
            let _place = self.under_way.acquire().await;
            // While this one waited, another may have asked the same.
            if let Some(answer) = self.recall(group) {
                return answer;
            }
            let answer = self
                .ask(group)
                .await
                .unwrap_or_else(|e| Err(PeerError::not_available(e)));
            self.remember(group, &answer);
            answer
        };
        let late = |_| Err(PeerError::not_available("the store is slow to answer"));
        timeout(self.limit, asked).await.unwrap_or_else(late)
    }

    /// The record first: read the other way round, a commit could land whole between the two, and
    /// what it replaced would look settled.
    async fn ask(&self, group: &GroupName) -> Result<Result<Option<Found>, PeerError>, ReadError> {
        // Where nobody of ours has led, what the reference wrote is settled: it has no stamp.
        let as_of = self
            .store
            .record()
            .await?
            .map_or(Stamp::ZERO, |record| record.stamp());
        let Some(assignment) = self.store.load(group).await? else {
            return Ok(Ok(None));
        };
        if assignment.stamp > as_of {
            return Ok(Err(PeerError::not_available(
                "a move of the group is not finished",
            )));
        }
        let decision = Decision {
            group: assignment.group,
            coordinator: assignment.coordinator,
            stamp: assignment.stamp,
        };
        Ok(Ok(Some(Found { decision, as_of })))
    }

    fn recall(&self, group: &GroupName) -> Option<Result<Option<Found>, PeerError>> {
        let now = self.clock.now();
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(group)
            .filter(|kept| now < kept.until)
            .map(|kept| kept.answer.clone())
    }

    fn remember(&self, group: &GroupName, answer: &Result<Option<Found>, PeerError>) {
        let now = self.clock.now();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= Self::KEPT {
            kept.retain(|_, kept| now < kept.until);
        }
        if kept.len() < Self::KEPT {
            let answer = answer.clone();
            kept.insert(
                group.clone(),
                Kept {
                    until: now + self.keep,
                    answer,
                },
            );
        }
    }
}
