use std::ops::Bound;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::{StreamExt, TryStreamExt, stream};
use groupkeeper_assignment_store::{
    Admission, Assignment, AssignmentStore, Commit, Expected, LeaderRecord, Listed, Listing,
    ReadError, StoredGateways, Undecodable, UnreadableGateway, WriteError,
};
use groupkeeper_types::{GatewayAddr, GroupName};

use crate::database::Database;
use crate::failure::Failure;
use crate::tables::{ASSIGNMENTS, GATEWAYS, RECORDS};
use crate::writes::{self, Answer};

/// Entries of a listing that are in memory at once.
const PAGE: usize = 500;

/// The assignments of one fleet. Clones share them.
///
/// A write is confirmed when it is on the disk. It must be used on a tokio runtime with time; calls
/// take at most ten seconds.
#[derive(Debug, Clone)]
pub struct EmbeddedAssignmentStore {
    pub(crate) database: Database,
    pub(crate) fleet: Arc<str>,
}

impl EmbeddedAssignmentStore {
    pub(crate) fn new(database: Database, fleet: &str) -> Self {
        Self {
            database,
            fleet: fleet.into(),
        }
    }

    async fn stored_record(&self) -> Result<Option<Vec<u8>>, Failure> {
        let fleet = Arc::clone(&self.fleet);
        let read = move |transaction: &redb::ReadTransaction| {
            let records = transaction.open_table(RECORDS)?;
            Ok(records.get(&*fleet)?.map(|found| found.value().to_vec()))
        };
        self.database.read(read).await
    }

    /// The entries of a listing after a group, as they are stored. Each page is a transaction of
    /// its own, so a listing that nobody goes on with holds no old data.
    async fn page(&self, after: Option<String>) -> Result<Vec<(String, Vec<u8>)>, Failure> {
        let fleet = Arc::clone(&self.fleet);
        let read = move |transaction: &redb::ReadTransaction| {
            let assignments = transaction.open_table(ASSIGNMENTS)?;
            let from = match &after {
                None => Bound::Included((&*fleet, "")),
                Some(group) => Bound::Excluded((&*fleet, group.as_str())),
            };
            let mut page = Vec::new();
            for entry in assignments
                .range::<(&str, &str)>((from, Bound::Unbounded))?
                .take(PAGE)
            {
                let (key, bytes) = entry?;
                let (of_fleet, group) = key.value();
                if of_fleet != &*fleet {
                    break;
                }
                page.push((group.to_owned(), bytes.value().to_vec()));
            }
            Ok(page)
        };
        self.database.read(read).await
    }
}

fn unreadable(what: String) -> impl FnOnce(Undecodable) -> ReadError {
    move |e| ReadError::Unreadable {
        what,
        why: e.to_string(),
    }
}

pub(crate) fn decode_assignment(group: &str, bytes: &[u8]) -> Result<Assignment, Undecodable> {
    let assignment = Assignment::decode(bytes)?;
    if assignment.group.as_str() == group {
        return Ok(assignment);
    }
    Err(Undecodable::new(format!(
        "it is the assignment of another group, {}",
        assignment.group
    )))
}

fn decode_gateway(addr: &str, bytes: &[u8]) -> Result<Admission, Undecodable> {
    let gateway = Admission::decode(bytes)?;
    if GatewayAddr::stored(addr).is_ok_and(|named| named == *gateway.addr()) {
        return Ok(gateway);
    }
    Err(Undecodable::new(format!(
        "it is the record of another gateway, {}",
        gateway.addr()
    )))
}

fn listed((group, bytes): (String, Vec<u8>)) -> Listed {
    match decode_assignment(&group, &bytes) {
        Ok(assignment) => Listed::Assignment(assignment),
        Err(e) => Listed::Unreadable {
            group: GroupName::new(&group).ok(),
            name: group,
            why: e.to_string(),
        },
    }
}

fn answer(answer: Answer) -> Result<(), WriteError> {
    match answer {
        Answer::Confirmed => Ok(()),
        Answer::Stale(found) => {
            let found = found.and_then(|bytes| LeaderRecord::decode(&bytes).ok());
            Err(WriteError::Stale {
                found: found.map(Box::new),
            })
        }
        Answer::Unsupported(why) => Err(WriteError::Unsupported { why }),
    }
}

#[async_trait]
impl AssignmentStore for EmbeddedAssignmentStore {
    async fn record(&self) -> Result<Option<LeaderRecord>, ReadError> {
        let found = self.stored_record().await?;
        let record = found.map(|bytes| LeaderRecord::decode(&bytes)).transpose();
        record.map_err(unreadable("the leader record".to_owned()))
    }

    async fn load(&self, group: &GroupName) -> Result<Option<Assignment>, ReadError> {
        let (fleet, name) = (Arc::clone(&self.fleet), group.clone());
        let read = move |transaction: &redb::ReadTransaction| {
            let assignments = transaction.open_table(ASSIGNMENTS)?;
            let found = assignments.get((&*fleet, name.as_str()))?;
            Ok(found.map(|found| found.value().to_vec()))
        };
        let found = self.database.read(read).await?;
        let found = found
            .map(|bytes| decode_assignment(group.as_str(), &bytes))
            .transpose();
        found.map_err(unreadable(format!("the assignment of {group}")))
    }

    fn list(&self) -> Listing {
        let store = self.clone();
        let pages = stream::try_unfold(None, move |after| {
            let store = store.clone();
            async move {
                let page = store.page(after).await?;
                let last = page.last().map(|(group, _)| Some(group.clone()));
                let entries = page.into_iter().map(|entry| Ok(listed(entry)));
                Ok::<_, ReadError>(last.map(|last| (stream::iter(entries), last)))
            }
        });
        pages.try_flatten().boxed()
    }

    async fn gateways(&self) -> Result<StoredGateways, ReadError> {
        let fleet = Arc::clone(&self.fleet);
        let read = move |transaction: &redb::ReadTransaction| {
            let gateways = transaction.open_table(GATEWAYS)?;
            let mut found = Vec::new();
            for entry in gateways.range((&*fleet, "")..)? {
                let (key, bytes) = entry?;
                let (of_fleet, addr) = key.value();
                if of_fleet != &*fleet {
                    break;
                }
                found.push((addr.to_owned(), bytes.value().to_vec()));
            }
            Ok(found)
        };
        let found = self.database.read(read).await?;
        let decode = |(addr, bytes): (String, Vec<u8>)| {
            decode_gateway(&addr, &bytes).map_err(|e| UnreadableGateway {
                addr: GatewayAddr::stored(&addr).ok(),
                name: addr,
                why: e.to_string(),
            })
        };
        Ok(found.into_iter().map(decode).collect())
    }

    async fn begin(&self, expected: &Expected, next: &LeaderRecord) -> Result<(), WriteError> {
        let (fleet, expected, next) = (Arc::clone(&self.fleet), expected.clone(), next.clone());
        let write = move |transaction: &redb::WriteTransaction| {
            writes::begin(transaction, &fleet, &expected, &next)
        };
        answer(self.database.write(write).await?)
    }

    async fn commit(&self, commit: &Commit) -> Result<(), WriteError> {
        let (fleet, commit) = (Arc::clone(&self.fleet), commit.clone());
        let write = move |transaction: &redb::WriteTransaction| {
            writes::commit(transaction, &fleet, &commit)
        };
        answer(self.database.write(write).await?)
    }

    async fn verify(&self, current: &LeaderRecord) -> Result<(), WriteError> {
        // A read is enough: there is one copy, and a read that starts after a commit was confirmed
        // sees it.
        let found = self.stored_record().await?;
        if found.as_ref() == Some(&current.encode()) {
            return Ok(());
        }
        answer(Answer::Stale(found))
    }
}
