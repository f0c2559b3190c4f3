use std::sync::Arc;

use async_trait::async_trait;
use futures_util::stream::TryStreamExt;
use groupkeeper_assignment_store::{
    Assignment, AssignmentStore, Change, Commit, Expected, LeaderRecord, Listing, ReadError,
    StoredGateways, WriteError,
};
use groupkeeper_types::GroupName;

use crate::deciding::Needs;
use crate::listing::{directory_entries, read_ahead};
use crate::transaction::{Aside, Transaction, Verdict};
use crate::{SeaweedFs, entries};

#[async_trait]
impl AssignmentStore for SeaweedFs {
    async fn record(&self) -> Result<Option<LeaderRecord>, ReadError> {
        self.shared.leader_record().await
    }

    async fn load(&self, group: &GroupName) -> Result<Option<Assignment>, ReadError> {
        let layout = &self.shared.layout;
        let place = layout.assignment(group);
        let Some(entry) = self.shared.file(&place).await? else {
            return Ok(None);
        };
        let found = entries::assignment(layout, &place.directory, &entry);
        found.map(Some).map_err(|why| ReadError::Unreadable {
            what: place.path(),
            why,
        })
    }

    fn list(&self) -> Listing {
        read_ahead(Arc::clone(&self.shared))
    }

    async fn gateways(&self) -> Result<StoredGateways, ReadError> {
        let layout = &self.shared.layout;
        let entries = directory_entries(Arc::clone(&self.shared), layout.gateways.clone());
        let gateways = entries
            .try_filter_map(|entry| std::future::ready(Ok(entries::gateway(layout, &entry))));
        let found: Vec<_> = gateways.try_collect().await?;
        Ok(found.into_iter().collect())
    }

    async fn begin(&self, expected: &Expected, next: &LeaderRecord) -> Result<(), WriteError> {
        // Whoever was cut off has not seen what was decided meanwhile.
        self.shared.put_back().await?;
        let transaction = Transaction::begin(&self.shared.layout, expected, next);
        let old = match expected {
            Expected::DoesNotExist => None,
            Expected::Matches(record) => Some(record),
        };
        self.write(&transaction, old, next).await
    }

    async fn commit(&self, commit: &Commit) -> Result<(), WriteError> {
        let layout = &self.shared.layout;
        let aside = self.to_set_aside(commit).await?;
        let transaction = Transaction::commit(layout, commit, aside);
        self.write(&transaction, Some(commit.expected()), commit.next())
            .await
    }

    async fn verify(&self, current: &LeaderRecord) -> Result<(), WriteError> {
        if self.shared.stands(current, Needs::Fresh).await?
            || self.shared.put_back().await?.as_ref() == Some(current)
        {
            self.shared.floor.stood(current);
            return Ok(());
        }
        Err(self.stale(&[current]).await)
    }
}

impl SeaweedFs {
    async fn write(
        &self,
        transaction: &Transaction,
        expected: Option<&LeaderRecord>,
        next: &LeaderRecord,
    ) -> Result<(), WriteError> {
        let mut verdict = self.shared.transact(transaction, next).await?;
        if verdict == Verdict::Refused
            && let Some(back) = self.shared.put_back().await?
            && [expected, Some(next)].contains(&Some(&back))
        {
            verdict = self.shared.transact(transaction, next).await?;
        }
        match verdict {
            Verdict::Done => {
                self.shared.floor.stood(next);
                Ok(())
            }
            Verdict::Refused => {
                let not: Vec<_> = expected.into_iter().chain([next]).collect();
                Err(self.stale(&not).await)
            }
        }
    }

    /// Reads what a commit is to set aside, and passes over what is gone or can be read by now. Between
    /// this and the transaction another program may change a file, since a transaction looks at the
    /// leader record alone; what it wrote there is then lost.
    async fn to_set_aside(&self, commit: &Commit) -> Result<Vec<Aside>, WriteError> {
        let layout = &self.shared.layout;
        let mut aside = Vec::new();
        for change in commit.changes() {
            let Change::SetAside(path) = change else {
                continue;
            };
            let unsupported = |why: String| WriteError::Unsupported { why };
            let place = layout.assignment_file(path).ok_or_else(|| {
                unsupported(format!(
                    "{path:?} is no place of an assignment, and stays where it is"
                ))
            })?;
            let entry = match self.shared.file(&place).await {
                Ok(None) => continue,
                Ok(Some(entry)) => entry,
                Err(error) => return Err(WriteError::unavailable(error)),
            };
            let Err(why) = entries::assignment(layout, &place.directory, &entry) else {
                continue;
            };
            if entry.is_directory {
                return Err(unsupported(format!("{path:?} can't be set aside: {why}")));
            }
            let to = layout.aside(&place, commit.next().stamp());
            aside.push(Aside::new(&place, &to, entry, &why));
        }
        if !aside.is_empty()
            && self
                .shared
                .has_entries(&layout.aside, Change::MAX_SET_ASIDE)
                .await?
        {
            return Err(WriteError::Unsupported {
                why: Change::too_many_set_aside(&layout.aside),
            });
        }
        Ok(aside)
    }

    /// Says which record stands instead, unless a copy that lags is all there is to read.
    async fn stale(&self, not: &[&LeaderRecord]) -> WriteError {
        let found = self.shared.leader_record().await.ok().flatten();
        let found = found.filter(|found| !not.contains(&found));
        WriteError::Stale {
            found: found.map(Box::new),
        }
    }
}
