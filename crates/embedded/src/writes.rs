use groupkeeper_assignment_store::{Change, Commit, Expected, LeaderRecord};
use redb::{ReadableTable, WriteTransaction};

use crate::assignment_store::decode_assignment;
use crate::opened::End;
use crate::tables::{ASSIGNMENTS, GATEWAYS, RECORDS, SET_ASIDE};

/// What became of a write.
pub(crate) enum Answer {
    Confirmed,
    /// The record that stands instead, as it is stored.
    Stale(Option<Vec<u8>>),
    /// It can't be done, for this reason.
    Unsupported(String),
}

/// Begins an epoch of a fleet.
pub(crate) fn begin(
    transaction: &WriteTransaction,
    fleet: &str,
    expected: &Expected,
    next: &LeaderRecord,
) -> Result<End<Answer>, redb::Error> {
    let expected = match expected {
        Expected::DoesNotExist => None,
        Expected::Matches(record) => Some(record),
    };
    step(transaction, fleet, expected, next, || Ok(None))
}

/// Makes a commit's changes.
pub(crate) fn commit(
    transaction: &WriteTransaction,
    fleet: &str,
    commit: &Commit,
) -> Result<End<Answer>, redb::Error> {
    step(
        transaction,
        fleet,
        Some(commit.expected()),
        commit.next(),
        || {
            let mut assignments = transaction.open_table(ASSIGNMENTS)?;
            let mut gateways = transaction.open_table(GATEWAYS)?;
            for change in commit.changes() {
                match change {
                    Change::Assign(assignment) => {
                        let key = (fleet, assignment.group.as_str());
                        assignments.insert(key, &*assignment.encode())?;
                    }
                    Change::Unassign(group) => {
                        assignments.remove((fleet, group.as_str()))?;
                    }
                    Change::Admit(gateway) => {
                        gateways.insert((fleet, gateway.addr().as_str()), &*gateway.encode())?;
                    }
                    Change::Dismiss(addr) => {
                        gateways.remove((fleet, addr.as_str()))?;
                        gateways.remove((fleet, addr.as_written()))?;
                    }
                    Change::SetAside(name) => {
                        let key = (fleet, name.as_str());
                        let found = assignments.get(key)?.map(|found| found.value().to_vec());
                        if let Some(bytes) =
                            found.filter(|bytes| decode_assignment(name, bytes).is_err())
                        {
                            if is_full(transaction, fleet)? {
                                return Ok(Some(Change::too_many_set_aside(
                                    "the table `set-aside`",
                                )));
                            }
                            let stamp = commit.next().stamp();
                            let aside = format!("{}-{}-{name}", stamp.epoch, stamp.revision);
                            let mut table = transaction.open_table(SET_ASIDE)?;
                            table.insert((fleet, aside.as_str()), &*bytes)?;
                            assignments.remove(key)?;
                        }
                    }
                }
            }
            Ok(None)
        },
    )
}

/// Whether as much has been set aside as is kept.
fn is_full(transaction: &WriteTransaction, fleet: &str) -> Result<bool, redb::Error> {
    let table = transaction.open_table(SET_ASIDE)?;
    let mut count = 0;
    for entry in table.range((fleet, "")..)? {
        let (key, _) = entry?;
        if key.value().0 != fleet {
            break;
        }
        count += 1;
        if count >= Change::MAX_SET_ASIDE {
            return Ok(true);
        }
    }
    Ok(false)
}

/// One link of the chain: from the record that must stand to the next one, and what else is done
/// in the same transaction, unless that says why it can't be. Records are compared as bytes, so that one that can't be read is
/// neither absent nor equal.
fn step(
    transaction: &WriteTransaction,
    fleet: &str,
    expected: Option<&LeaderRecord>,
    next: &LeaderRecord,
    changes: impl FnOnce() -> Result<Option<String>, redb::Error>,
) -> Result<End<Answer>, redb::Error> {
    let mut records = transaction.open_table(RECORDS)?;
    let found = records.get(fleet)?.map(|found| found.value().to_vec());
    let next = next.encode();
    if found.as_ref() == Some(&next) {
        return Ok(End::Abort(Answer::Confirmed));
    }
    if found != expected.map(LeaderRecord::encode) {
        return Ok(End::Abort(Answer::Stale(found)));
    }
    if let Some(why) = changes()? {
        return Ok(End::Abort(Answer::Unsupported(why)));
    }
    records.insert(fleet, &*next)?;
    Ok(End::Commit(Answer::Confirmed))
}
