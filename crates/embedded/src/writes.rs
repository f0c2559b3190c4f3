use groupkeeper_assignment_store::{Change, Commit, Expected, LeaderRecord};
use redb::{ReadableTable, WriteTransaction};

use crate::opened::End;
use crate::tables::{ASSIGNMENTS, GATEWAYS, RECORDS};

/// What became of a write.
pub(crate) enum Answer {
    Confirmed,
    /// The record that stands instead, as it is stored.
    Stale(Option<Vec<u8>>),
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
    step(transaction, fleet, expected, next, || Ok(()))
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
                        gateways.insert((fleet, gateway.addr.as_str()), &*gateway.encode())?;
                    }
                    Change::Dismiss(addr) => {
                        gateways.remove((fleet, addr.as_str()))?;
                    }
                }
            }
            Ok(())
        },
    )
}

/// One link of the chain: from the record that must stand to the next one, and what else is done
/// in the same transaction. Records are compared as bytes, so that one that can't be read is
/// neither absent nor equal.
fn step(
    transaction: &WriteTransaction,
    fleet: &str,
    expected: Option<&LeaderRecord>,
    next: &LeaderRecord,
    changes: impl FnOnce() -> Result<(), redb::Error>,
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
    changes()?;
    records.insert(fleet, &*next)?;
    Ok(End::Commit(Answer::Confirmed))
}
