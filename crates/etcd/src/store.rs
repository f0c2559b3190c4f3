use std::sync::Arc;

use async_trait::async_trait;
use futures_util::{StreamExt as _, TryStreamExt as _};
use groupkeeper_assignment_store::{
    Assignment, AssignmentStore, Change, Commit, Expected, LeaderRecord, Listing, ReadError,
    StoredGateways, WriteError,
};
use groupkeeper_types::GroupName;

use crate::Etcd;
use crate::batches::{Step, Written};
use crate::failure::Failure;
use crate::listing::entries;
use crate::reads::{assignment, gateway, listed, unreadable};

/// How often a commit is put together again whose entries to be set aside others write to meanwhile.
const TRIES: usize = 3;

impl Etcd {
    async fn stored_record(&self) -> Result<Option<Vec<u8>>, Failure> {
        let found = self.shared.read(self.shared.layout.record()).await?;
        Ok(found.map(|found| found.value))
    }

    fn step(&self, expected: Option<&LeaderRecord>, next: &LeaderRecord) -> Step {
        Step {
            key: self.shared.layout.record(),
            expected: expected.map(LeaderRecord::encode),
            next: next.encode(),
        }
    }

    /// Where a commit that sets something aside has landed, or never will, what stands there now is not its
    /// business.
    async fn settled(&self, step: &Step, commit: &Commit) -> Result<Option<Written>, Failure> {
        let sets_aside = |change: &Change| matches!(change, Change::SetAside(_));
        if !commit.changes().iter().any(sets_aside) {
            return Ok(None);
        }
        let found = self.stored_record().await?;
        Ok(if found.as_ref() == Some(&step.next) {
            Some(Written::Done)
        } else if found == step.expected {
            None
        } else {
            Some(Written::Stale(found))
        })
    }
}

fn stale(found: Option<Vec<u8>>) -> WriteError {
    let found = found.and_then(|bytes| LeaderRecord::decode(&bytes).ok());
    WriteError::Stale {
        found: found.map(Box::new),
    }
}

/// `None` where it is to be tried again.
fn answer(written: Written) -> Option<Result<(), WriteError>> {
    match written {
        Written::Done => Some(Ok(())),
        Written::Stale(found) => Some(Err(stale(found))),
        Written::Unsupported(why) => Some(Err(WriteError::Unsupported { why })),
        Written::Changed => None,
    }
}

#[async_trait]
impl AssignmentStore for Etcd {
    async fn record(&self) -> Result<Option<LeaderRecord>, ReadError> {
        let found = self.stored_record().await?;
        let record = found.map(|bytes| LeaderRecord::decode(&bytes)).transpose();
        record.map_err(unreadable("the leader record".to_owned()))
    }

    async fn load(&self, group: &GroupName) -> Result<Option<Assignment>, ReadError> {
        let layout = &self.shared.layout;
        let key = layout.group(group);
        let Some(found) = self.shared.read(key.clone()).await? else {
            return Ok(None);
        };
        let groups = layout.groups();
        let name = groups.name(&key).unwrap_or_default();
        let assignment = assignment(name, &found.value).map(Some);
        assignment.map_err(unreadable(format!("the assignment of {group}")))
    }

    fn list(&self) -> Listing {
        let groups = self.shared.layout.groups();
        let entries = entries(Arc::clone(&self.shared), &groups);
        let listed = move |entry: crate::proto::KeyValue| {
            let name = groups.name(&entry.key).unwrap_or_default();
            listed(name, &entry.value)
        };
        entries.map_ok(listed).map_err(ReadError::from).boxed()
    }

    async fn gateways(&self) -> Result<StoredGateways, ReadError> {
        let folder = self.shared.layout.gateways();
        let entries = entries(Arc::clone(&self.shared), &folder);
        let entries: Vec<_> = entries.try_collect().await?;
        let read = |entry: crate::proto::KeyValue| {
            let name = folder.name(&entry.key).unwrap_or_default();
            gateway(name, &entry.value)
        };
        Ok(entries.into_iter().map(read).collect())
    }

    async fn begin(&self, expected: &Expected, next: &LeaderRecord) -> Result<(), WriteError> {
        let expected = match expected {
            Expected::DoesNotExist => None,
            Expected::Matches(record) => Some(record),
        };
        let written = self.shared.write(&self.step(expected, next), &[]).await?;
        answer(written).unwrap_or_else(|| Err(WriteError::unavailable("the record changes")))
    }

    async fn commit(&self, commit: &Commit) -> Result<(), WriteError> {
        let step = self.step(Some(commit.expected()), commit.next());
        for _ in 0..TRIES {
            if let Some(answer) = self.settled(&step, commit).await?.and_then(answer) {
                return answer;
            }
            let units = match self.shared.units(commit).await? {
                Ok(units) => units,
                Err(why) => return Err(WriteError::Unsupported { why }),
            };
            if let Some(answer) = answer(self.shared.write(&step, &units).await?) {
                return answer;
            }
        }
        Err(WriteError::unavailable(
            "somebody else writes to the entries that are to be set aside",
        ))
    }

    async fn verify(&self, current: &LeaderRecord) -> Result<(), WriteError> {
        // Most members agree on what is read, as they do on what is written: no copy that lags answers.
        let found = self.stored_record().await?;
        if found.as_ref() == Some(&current.encode()) {
            return Ok(());
        }
        Err(stale(found))
    }
}
