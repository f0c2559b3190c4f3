use std::ops::Bound;
use std::sync::Arc;

use async_trait::async_trait;
use groupkeeper_groups::{
    GroupReadError, GroupRecord, GroupStore, GroupWriteError, ListedGroup, Save,
};
use groupkeeper_types::GroupName;
use redb::TableError;

use crate::database::Database;
use crate::failure::Failure;
use crate::group_writes::{GroupWrites, Written};
use crate::tables::GROUPS;

/// The groups of one fleet, beside its assignments. Clones share them.
///
/// A write is confirmed when it is on the disk. Writes that come while one is being made are made together
/// in the next transaction, each by itself confirmed or refused, so groups do not wait for each other's
/// disk. It must be used on a tokio runtime with time; calls take at most ten seconds.
#[derive(Debug, Clone)]
pub struct EmbeddedGroupStore {
    database: Database,
    writes: GroupWrites,
    fleet: Arc<str>,
}

impl EmbeddedGroupStore {
    pub(crate) fn new(database: Database, writes: GroupWrites, fleet: &str) -> Self {
        Self {
            database,
            writes,
            fleet: fleet.into(),
        }
    }
}

type Groups = redb::ReadOnlyTable<(&'static str, &'static str), &'static [u8]>;

/// The table, where there is one: none before the first group.
fn table(transaction: &redb::ReadTransaction) -> Result<Option<Groups>, redb::Error> {
    match transaction.open_table(GROUPS) {
        Err(TableError::TableDoesNotExist(_)) => Ok(None),
        opened => Ok(Some(opened?)),
    }
}

fn read_error(failure: Failure) -> GroupReadError {
    match failure {
        Failure::Database(redb::Error::Corrupted(why)) => GroupReadError::Unreadable {
            what: "the database".to_owned(),
            why,
        },
        other => GroupReadError::unavailable(other),
    }
}

#[async_trait]
impl GroupStore for EmbeddedGroupStore {
    async fn load(&self, group: &GroupName) -> Result<Option<GroupRecord>, GroupReadError> {
        let (fleet, name) = (Arc::clone(&self.fleet), group.clone());
        let read = move |transaction: &redb::ReadTransaction| {
            let Some(groups) = table(transaction)? else {
                return Ok(None);
            };
            let found = groups.get((&*fleet, name.as_str()))?;
            Ok(found.map(|found| found.value().to_vec()))
        };
        let found = self.database.read(read).await.map_err(read_error)?;
        let record = found
            .map(|bytes| GroupRecord::decode_of(group, &bytes))
            .transpose();
        record.map_err(|e| GroupReadError::Unreadable {
            what: format!("the group {group}"),
            why: e.to_string(),
        })
    }

    async fn save(&self, save: &Save) -> Result<(), GroupWriteError> {
        let written = self.writes.make(&self.database, &self.fleet, save).await;
        match written.map_err(GroupWriteError::unavailable)? {
            Written::Confirmed => Ok(()),
            Written::Stale(found) => Err(GroupWriteError::Stale { found }),
        }
    }

    async fn list(
        &self,
        after: Option<GroupName>,
        at_most: usize,
    ) -> Result<Vec<ListedGroup>, GroupReadError> {
        let fleet = Arc::clone(&self.fleet);
        let read = move |transaction: &redb::ReadTransaction| {
            let Some(groups) = table(transaction)? else {
                return Ok(Vec::new());
            };
            let from = match &after {
                None => Bound::Included((&*fleet, "")),
                Some(group) => Bound::Excluded((&*fleet, group.as_str())),
            };
            let mut listed = Vec::new();
            for entry in groups.range::<(&str, &str)>((from, Bound::Unbounded))? {
                let (key, bytes) = entry?;
                let (of_fleet, name) = key.value();
                if of_fleet != &*fleet || listed.len() >= at_most {
                    break;
                }
                if let Ok(group) = GroupName::new(name) {
                    let record = GroupRecord::decode_of(&group, bytes.value());
                    listed.push(ListedGroup::of(group, &record));
                }
            }
            Ok(listed)
        };
        self.database.read(read).await.map_err(read_error)
    }
}
