use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use groupkeeper_assignment_store::{Assignment, AssignmentStore, LeaderRecord, WriteError};
use groupkeeper_types::{Clock, GroupName, Moment, Stamp, Timing};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

use crate::folding::Folding;
use crate::peer::{Decision, Found, PeerError};

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
    /// How often a record that changes meanwhile is read again.
    const TRIES: usize = 3;

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

    /// What is stored of a group, if it is settled; `None` if nothing is. What is remembered counts only
    /// if it is not older than what this gateway has `heard`.
    pub(super) async fn read(
        &self,
        group: &GroupName,
        heard: Stamp,
    ) -> Result<Option<Found>, PeerError> {
        if let Some(answer) = self.recall(group, heard) {
            return answer;
        }
        let end = Instant::now() + self.limit;
        let _place = self
            .by(
                end,
                "while other look-ups wait for it",
                self.under_way.acquire(),
            )
            .await?;
        // While this one waited, another may have asked the same.
        if let Some(answer) = self.recall(group, heard) {
            return answer;
        }
        let (confirmed_at, answer) = self.ask(group, end).await;
        self.remember(group, confirmed_at, &answer);
        // A process that was suspended meanwhile has an answer that may be as old as that.
        if self.clock.now() > confirmed_at + self.limit {
            return Err(PeerError::not_available("the store's answer came too late"));
        }
        answer
    }

    /// Says what the store was asked when time is up: "slow" alone helps nobody.
    async fn by<T>(
        &self,
        end: Instant,
        asked: &str,
        answer: impl Future<Output = T>,
    ) -> Result<T, PeerError> {
        timeout_at(end, answer).await.map_err(|_| {
            let limit = self.limit;
            PeerError::not_available(format!(
                "no answer from the store within {limit:?}, {asked}"
            ))
        })
    }

    /// A copy may lag: what it says counts only if the record read with it is the one that stands
    /// where writes are decided. While a leader writes, that takes another try now and then. Says as of
    /// when: before the record was confirmed.
    async fn ask(
        &self,
        group: &GroupName,
        end: Instant,
    ) -> (Moment, Result<Option<Found>, PeerError>) {
        let mut confirmed_at = self.clock.now();
        let answer = self.ask_until(group, end, &mut confirmed_at).await;
        (confirmed_at, answer)
    }

    async fn ask_until(
        &self,
        group: &GroupName,
        end: Instant,
        confirmed_at: &mut Moment,
    ) -> Result<Option<Found>, PeerError> {
        for _ in 0..Self::TRIES {
            // The record first: read the other way round, a commit could land whole between the
            // two, and what it replaced would look settled.
            let record = self.store.record();
            let record = self.by(end, "asked for the leader record", record).await?;
            let record = record.map_err(PeerError::not_available)?;
            let assignment = self.store.load(group);
            let assignment = self.by(end, "asked for the group", assignment).await?;
            let assignment = assignment.map_err(PeerError::not_available)?;
            *confirmed_at = self.clock.now();
            let verified = match &record {
                Some(record) => {
                    let verified = self.store.verify(record);
                    self.by(end, "asked to confirm the leader record", verified)
                        .await?
                }
                // Where nobody of ours has led, what the reference wrote is settled: it has no stamp.
                None => Ok(()),
            };
            match verified {
                Ok(()) => return answer(record.as_ref(), assignment),
                Err(WriteError::Stale { .. }) => {}
                Err(error) => return Err(PeerError::not_available(error)),
            }
        }
        Err(PeerError::not_available(
            "the store changes faster than it can be read",
        ))
    }

    fn recall(&self, group: &GroupName, heard: Stamp) -> Option<Result<Option<Found>, PeerError>> {
        let now = self.clock.now();
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = kept.get(group).filter(|kept| now < kept.until)?;
        let older = matches!(&kept.answer, Ok(Some(found)) if found.as_of < heard);
        (!older).then(|| kept.answer.clone())
    }

    fn remember(
        &self,
        group: &GroupName,
        confirmed_at: Moment,
        answer: &Result<Option<Found>, PeerError>,
    ) {
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
                    until: confirmed_at + self.keep,
                    answer,
                },
            );
        }
    }
}

fn answer(
    record: Option<&LeaderRecord>,
    assignment: Option<Assignment>,
) -> Result<Option<Found>, PeerError> {
    let Some(Assignment {
        group,
        coordinator,
        stamp,
        ..
    }) = assignment
    else {
        return Ok(None);
    };
    let as_of = record.map_or(Stamp::ZERO, LeaderRecord::stamp);
    if !record.map_or(stamp == Stamp::ZERO, |record| record.settles(stamp)) {
        return Err(PeerError::not_available(
            "a move of the group is not finished",
        ));
    }
    let stored = Decision {
        group,
        coordinator,
        stamp,
    };
    let decision = match record {
        Some(record) => Folding::new(&record.failovers)
            .map_err(PeerError::not_available)?
            .fold(stored),
        None => stored,
    };
    Ok(Some(Found { decision, as_of }))
}
