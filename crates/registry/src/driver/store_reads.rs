use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use groupkeeper_assignment_store::AssignmentStore;
use groupkeeper_types::{Clock, GroupName, Stamp, Timing};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

use crate::lookups::{KeptAnswers, Next, Reading, RememberedNone};
use crate::peer::{Found, PeerError};

/// Answers look-ups from the store, for a gateway that has no session with a leader.
///
/// How is [`Reading`]'s; only so many are under way at once.
#[derive(Debug)]
pub(super) struct StoreReads {
    store: Arc<dyn AssignmentStore>,
    clock: Arc<dyn Clock>,
    limit: Duration,
    under_way: Semaphore,
    kept: Mutex<KeptAnswers>,
}

impl StoreReads {
    /// The most reads at once; more questions wait for a place as long as for an answer.
    const UNDER_WAY: usize = 64;

    pub(super) fn new(
        store: Arc<dyn AssignmentStore>,
        clock: Arc<dyn Clock>,
        timing: &Timing,
    ) -> Self {
        Self {
            store,
            clock,
            limit: timing.find,
            under_way: Semaphore::new(Self::UNDER_WAY),
            kept: Mutex::new(KeptAnswers::new(timing.retry_every)),
        }
    }

    /// What is stored of a group, if it is settled; `None` if nothing is. What is remembered counts only
    /// if it is not older than what this gateway has `heard`; that nothing was stored a moment ago counts only for
    /// who does not tell it to anybody: the group may have been given out since.
    pub(super) async fn read(
        &self,
        group: &GroupName,
        heard: Stamp,
        none: RememberedNone,
    ) -> Result<Option<Found>, PeerError> {
        if let Some(answer) = self.recall(group, heard, none) {
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
        if let Some(answer) = self.recall(group, heard, none) {
            return answer;
        }
        let mut reading = Reading::new(self.clock.now());
        let answer = self.ask(group, end, &mut reading).await;
        let confirmed_at = reading.confirmed_at();
        self.kept()
            .remember(group, confirmed_at, self.clock.now(), &answer);
        reading.told(self.clock.now(), self.limit, answer)
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

    async fn ask(
        &self,
        group: &GroupName,
        end: Instant,
        reading: &mut Reading,
    ) -> Result<Option<Found>, PeerError> {
        let mut next = Next::Record;
        loop {
            next = match next {
                Next::Record => {
                    let record = self.store.record();
                    reading.record_read(self.by(end, "asked for the leader record", record).await?)
                }
                Next::Load => {
                    let found = self.store.load(group);
                    let found = self.by(end, "asked for the group", found).await?;
                    reading.loaded(self.clock.now(), found)
                }
                Next::Verify(record) => {
                    let stands = self.store.verify(&record);
                    let asked = "asked to confirm the leader record";
                    reading.verified(self.by(end, asked, stands).await?)
                }
                Next::Done(answer) => return answer,
            };
        }
    }

    fn recall(
        &self,
        group: &GroupName,
        heard: Stamp,
        none: RememberedNone,
    ) -> Option<Result<Option<Found>, PeerError>> {
        self.kept().recall(group, heard, none, self.clock.now())
    }

    fn kept(&self) -> MutexGuard<'_, KeptAnswers> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
