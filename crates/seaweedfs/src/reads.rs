use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use groupkeeper_assignment_store::{LeaderRecord, ReadError};
use tokio::time::{Instant, sleep_until, timeout};
use tonic::Code;

use crate::attempts::{Attempt, Plan, over_filers};
use crate::connection::Connection;
use crate::deciding::Needs;
use crate::entries;
use crate::failure::Failure;
use crate::filer::Filer;
use crate::floor::Floor;
use crate::layout::Place;
use crate::proto::filer_pb::{Entry, ListEntriesRequest, LookupDirectoryEntryRequest};
use crate::shared::Shared;

/// What a filer answers for an entry that does not exist, in the only status it has for it.
const NO_ENTRY: &str = "filer: no entry is found in filer store";
/// How long until a filer that lags is looked at again; doubled each time. After a cut it may lag for long, and
/// so may all of them.
const LAG_PAUSE: Duration = Duration::from_millis(5);
/// The most bytes of one page.
const PAGE_BYTES: usize = 8 << 20;

/// Why one filer gave nothing that can be used.
enum Fault {
    /// Another filer may.
    Failure(Failure),
    /// It did answer, and that is the answer.
    Final(ReadError),
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl Shared {
    /// The file at a place; `None` where there is none.
    pub(crate) async fn file(&self, place: &Place) -> Result<Option<Entry>, ReadError> {
        self.read(|filer| async move { Ok(lookup(&filer, place).await?) })
            .await
    }

    /// The entries of a directory whose names come after `after`, some of them: none only at the
    /// end, whatever the filer's own limit is.
    pub(crate) async fn page(&self, directory: &str, after: &str) -> Result<Vec<Entry>, ReadError> {
        let limit = self.config().page_size;
        self.read(|filer| async move { Ok(list(&filer, directory, after, limit).await?) })
            .await
    }

    /// Whether a directory has at least so many entries.
    pub(crate) async fn has_entries(&self, directory: &str, count: usize) -> Result<bool, Failure> {
        let (mut after, mut found) = (String::new(), 0);
        while found < count {
            let page = self.page(directory, &after).await;
            let page = page.map_err(|error| Failure::Unavailable(error.to_string()))?;
            let Some(last) = page.last() else {
                return Ok(false);
            };
            found += page.len();
            after.clone_from(&last.name);
        }
        Ok(true)
    }

    /// The leader record. `None` only where every known filer says so: one that has just started
    /// knows nothing yet.
    pub(crate) async fn leader_record(&self) -> Result<Option<LeaderRecord>, ReadError> {
        if let Some(stands) = self.decided_record().await {
            return Ok(Some(stands));
        }
        if let Some(found) = self.read(|filer| self.record_at(filer)).await? {
            return Ok(Some(found));
        }
        let filers = self.filers.all();
        let limit = self.config().read_timeout;
        let answers = join_all(filers.iter().map(|filer| async move {
            match timeout(limit, self.record_at(Arc::clone(filer))).await {
                Ok(answer) => answer,
                Err(_) => Err(Fault::Failure(Failure::Unavailable(format!(
                    "filer {}: no answer within {limit:?}",
                    filer.address
                )))),
            }
        }));
        let mut failure = None;
        for answer in answers.await {
            match answer {
                Ok(Some(found)) => return Ok(Some(found)),
                Ok(None) => {}
                Err(Fault::Final(error)) => return Err(error),
                Err(Fault::Failure(why)) => failure = Some(why),
            }
        }
        match failure {
            None => Ok(None),
            Some(why) => Err(ReadError::unavailable(format!(
                "that there is no leader record must be confirmed by every filer: {why}"
            ))),
        }
    }

    /// The leader record as it stands where writes are decided, where that can be told: also where other filers
    /// have a greater one, of a copy that the store went on without. Whoever begins an epoch on that would be
    /// refused for ever.
    async fn decided_record(&self) -> Option<LeaderRecord> {
        let permit = self.deciding.permit().ok()?;
        let filer = self.filers.at(&permit.decider);
        let asked = timeout(self.config().read_timeout / 4, self.record_at(filer));
        let found = asked.await.ok()?.ok()??;
        let Some(floor) = self.floor.get().filter(|it| !Floor::reaches(&found, it)) else {
            return Some(found);
        };
        if let Some(back) = self.put_back().await.ok()? {
            return Some(back);
        }
        // Or the filer has just come back with less, and does not decide any more.
        if !self.stands(&found, Needs::Fresh).await.ok()? {
            return None;
        }
        tracing::warn!(
            record = %floor.stamp(),
            stands = %found.stamp(),
            "the leader record that was seen last is not of the history that stands: the store was parted, or \
             went backwards"
        );
        self.floor.lower(&found);
        Some(found)
    }

    /// Reads at one filer that has caught up with what this process has seen.
    async fn read<T, Fut>(&self, call: impl Fn(Arc<Filer>) -> Fut) -> Result<T, ReadError>
    where
        Fut: Future<Output = Result<T, Fault>>,
    {
        let floor = self.floor.get();
        let failure = match self.read_once(&call).await {
            Ok(answer) => return answer,
            Err(failure) => failure,
        };
        let (Failure::Lagging(_), Some(floor)) = (&failure, floor) else {
            return Err(failure.into());
        };
        if self.stands(&floor, Needs::Permit).await?
            || self.put_back().await?.as_ref() == Some(&floor)
        {
            return Err(failure.into());
        }
        tracing::warn!(
            record = %floor.stamp(),
            "the leader record that was seen last no longer stands: another leader went on, or the \
             store went backwards"
        );
        self.floor.forget(&floor);
        self.read_once(&call).await?
    }

    async fn read_once<T, Fut>(
        &self,
        call: &impl Fn(Arc<Filer>) -> Fut,
    ) -> Result<Result<T, ReadError>, Failure>
    where
        Fut: Future<Output = Result<T, Fault>>,
    {
        let timeout = self.config().read_timeout;
        let plan = Plan {
            timeout,
            stagger: timeout / 8,
            start_over: false,
        };
        over_filers(&self.filers, plan, |filer| async move {
            match self.read_at(&filer, call).await {
                Ok(answer) => Attempt::Done(Ok(answer)),
                Err(Fault::Final(error)) => Attempt::Done(Err(error)),
                Err(Fault::Failure(failure)) => Attempt::Failed(failure),
            }
        })
        .await
    }

    async fn read_at<T, Fut>(
        &self,
        filer: &Arc<Filer>,
        call: &impl Fn(Arc<Filer>) -> Fut,
    ) -> Result<T, Fault>
    where
        Fut: Future<Output = Result<T, Fault>>,
    {
        loop {
            let over = self.catch_up(filer).await?;
            let answer = call(Arc::clone(filer)).await;
            // An answer over another connection may be that of a filer that died and came back with
            // less, and nobody noticed.
            if answer.is_err() || over.is_none() || filer.connection() == over {
                return answer;
            }
        }
    }

    /// Waits until this filer has the newest record that this process has seen, and says over which
    /// connection that was found; `None` where no record has been seen.
    async fn catch_up(&self, filer: &Arc<Filer>) -> Result<Option<Connection>, Fault> {
        let deadline = Instant::now() + self.config().read_timeout / 4;
        let mut pause = LAG_PAUSE;
        loop {
            let Some(floor) = self.floor.get() else {
                return Ok(None);
            };
            if let Some(over) = filer.connection()
                && filer
                    .seen_over(over)
                    .is_some_and(|seen| Floor::reaches(&seen, &floor))
            {
                return Ok(Some(over));
            }
            let found = self.record_at(Arc::clone(filer)).await?;
            if found.is_some_and(|found| Floor::reaches(&found, &floor)) {
                continue;
            }
            if Instant::now() >= deadline {
                return Err(Fault::Failure(Failure::Lagging(format!(
                    "filer {} has not heard of {} yet",
                    filer.address,
                    floor.stamp()
                ))));
            }
            sleep_until((Instant::now() + pause).min(deadline)).await;
            pause = pause.saturating_mul(2);
        }
    }

    async fn record_at(&self, filer: Arc<Filer>) -> Result<Option<LeaderRecord>, Fault> {
        let (place, before) = (&self.layout.record, filer.connection());
        let Some(entry) = lookup(&filer, place).await? else {
            return Ok(None);
        };
        let record = entries::record(&entry).map_err(|why| {
            Fault::Final(ReadError::Unreadable {
                what: place.path(),
                why,
            })
        })?;
        filer.saw(&record, before);
        self.floor.read(&record);
        Ok(Some(record))
    }
}

pub(crate) async fn lookup(filer: &Filer, place: &Place) -> Result<Option<Entry>, Failure> {
    let at = &filer.address;
    let mut client = filer
        .client()
        .map_err(|e| Failure::Unavailable(format!("{at}: {e}")))?;
    let Place { directory, name } = place.clone();
    let answer = client.lookup_directory_entry(LookupDirectoryEntryRequest { directory, name });
    match answer.await {
        Ok(answer) => {
            answer.into_inner().entry.map(Some).ok_or_else(|| {
                Failure::Unavailable(format!("filer {at}: an answer without an entry"))
            })
        }
        // Compared whole: a part of it could come from a group's name in another message.
        Err(status) if status.code() == Code::Unknown && status.message() == NO_ENTRY => Ok(None),
        Err(status) => Err(Failure::from_status(at, &status)),
    }
}

async fn list(
    filer: &Filer,
    directory: &str,
    after: &str,
    limit: u32,
) -> Result<Vec<Entry>, Failure> {
    let at = &filer.address;
    let failed = |status: tonic::Status| Failure::from_status(at, &status);
    let mut client = filer
        .client()
        .map_err(|e| Failure::Unavailable(format!("{at}: {e}")))?;
    let request = ListEntriesRequest {
        directory: directory.to_owned(),
        start_from_file_name: after.to_owned(),
        limit,
        ..ListEntriesRequest::default()
    };
    let mut answers = client
        .list_entries(request)
        .await
        .map_err(failed)?
        .into_inner();
    let (mut entries, mut bytes) = (Vec::new(), 0_usize);
    while let Some(answer) = answers.message().await.map_err(failed)? {
        let entry = answer.entry.ok_or_else(|| {
            Failure::Unavailable(format!("filer {at}: a listing with an empty entry"))
        })?;
        if entry.name == after {
            return Err(Failure::Unavailable(format!(
                "filer {at}: a listing does not advance"
            )));
        }
        bytes = bytes.saturating_add(entry.content.len());
        entries.push(entry);
        // What is left of this page begins the next.
        if bytes > PAGE_BYTES {
            break;
        }
    }
    Ok(entries)
}
