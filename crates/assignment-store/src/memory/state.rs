use std::collections::BTreeMap;
use std::ops::Bound;

use groupkeeper_types::{GatewayAddr, GroupName, Stamp};

use super::write::Write;
use crate::{
    Admission, Assignment, Change, Commit, Expected, LeaderRecord, Listed, ReadError,
    StoredGateways, Undecodable, UnreadableGateway, WriteError,
};

/// Everything kept, as the bytes that a real store would keep.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    pub(super) record: Option<Vec<u8>>,
    pub(super) assignments: BTreeMap<String, Vec<u8>>,
    pub(super) gateways: BTreeMap<String, Vec<u8>>,
    /// What could not be read, by the commit that set it aside and its name.
    pub(super) set_aside: BTreeMap<(Stamp, String), Vec<u8>>,
}

fn unreadable(what: impl Into<String>) -> impl FnOnce(Undecodable) -> ReadError {
    move |e| ReadError::Unreadable {
        what: what.into(),
        why: e.to_string(),
    }
}

fn decode_assignment(group: &str, bytes: &[u8]) -> Result<Assignment, Undecodable> {
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

impl State {
    pub(super) fn record(&self) -> Result<Option<LeaderRecord>, ReadError> {
        let record = self.record.as_deref().map(LeaderRecord::decode).transpose();
        record.map_err(unreadable("the leader record"))
    }

    pub(super) fn load(&self, group: &GroupName) -> Result<Option<Assignment>, ReadError> {
        let bytes = self.assignments.get(group.as_str());
        let found = bytes
            .map(|bytes| decode_assignment(group.as_str(), bytes))
            .transpose();
        found.map_err(unreadable(format!("the assignment of {group}")))
    }

    pub(super) fn gateways(&self) -> StoredGateways {
        let decode = |(addr, bytes): (&String, &Vec<u8>)| {
            decode_gateway(addr, bytes).map_err(|e| UnreadableGateway {
                name: addr.clone(),
                addr: GatewayAddr::stored(addr).ok(),
                why: e.to_string(),
            })
        };
        self.gateways.iter().map(decode).collect()
    }

    /// The entries after a name, at most so many.
    pub(super) fn page(&self, after: Option<&str>, limit: usize) -> Vec<(String, Listed)> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let list = |(name, bytes): (&String, &Vec<u8>)| {
            let entry = match decode_assignment(name, bytes) {
                Ok(assignment) => Listed::Assignment(assignment),
                Err(e) => Listed::Unreadable {
                    name: name.clone(),
                    group: GroupName::new(name).ok(),
                    why: e.to_string(),
                },
            };
            (name.clone(), entry)
        };
        self.assignments
            .range::<str, _>((from, Bound::Unbounded))
            .take(limit)
            .map(list)
            .collect()
    }

    /// Decides a write and does it. With `stop_after`, a commit stops after so many changes, before
    /// it replaces the record.
    pub(super) fn apply(
        &mut self,
        write: &Write,
        stop_after: Option<usize>,
    ) -> Result<(), WriteError> {
        match write {
            Write::Begin { expected, next } => self.begin(expected, next),
            Write::Commit(commit) => self.commit(commit, stop_after),
            Write::Verify(current) if self.stands(current) => Ok(()),
            Write::Verify(_) => Err(self.stale()),
        }
    }

    fn begin(&mut self, expected: &Expected, next: &LeaderRecord) -> Result<(), WriteError> {
        if self.stands(next) {
            return Ok(());
        }
        let holds = match expected {
            Expected::DoesNotExist => self.record.is_none(),
            Expected::Matches(record) => self.stands(record),
        };
        if !holds {
            return Err(self.stale());
        }
        self.record = Some(next.encode());
        Ok(())
    }

    fn commit(&mut self, commit: &Commit, stop_after: Option<usize>) -> Result<(), WriteError> {
        if self.stands(commit.next()) {
            return Ok(());
        }
        if !self.stands(commit.expected()) {
            return Err(self.stale());
        }
        let too_many = |change: &Change| matches!(change, Change::SetAside(_));
        if self.set_aside.len() >= Change::MAX_SET_ASIDE && commit.changes().iter().any(too_many) {
            let why = Change::too_many_set_aside("memory");
            return Err(WriteError::Unsupported { why });
        }
        let made = stop_after.unwrap_or(usize::MAX).min(commit.changes().len());
        commit.changes()[..made]
            .iter()
            .for_each(|change| self.make(change, commit.next().stamp()));
        if stop_after.is_some() {
            return Err(WriteError::unavailable(format!(
                "it stopped after {made} changes"
            )));
        }
        self.record = Some(commit.next().encode());
        Ok(())
    }

    fn make(&mut self, change: &Change, at: Stamp) {
        match change {
            Change::Assign(assignment) => {
                let name = assignment.group.as_str().to_owned();
                self.assignments.insert(name, assignment.encode());
            }
            Change::Unassign(group) => {
                self.assignments.remove(group.as_str());
            }
            Change::Admit(gateway) => {
                self.gateways
                    .insert(gateway.addr().as_str().to_owned(), gateway.encode());
            }
            Change::Dismiss(addr) => {
                self.gateways.remove(addr.as_str());
                self.gateways.remove(addr.as_written());
            }
            Change::SetAside(name) => {
                let unreadable =
                    |name: &str, bytes: &mut Vec<u8>| decode_assignment(name, bytes).is_err();
                if let Some(bytes) = self.assignments.get_mut(name)
                    && unreadable(name, bytes)
                {
                    let bytes = std::mem::take(bytes);
                    self.assignments.remove(name);
                    self.set_aside.insert((at, name.clone()), bytes);
                }
            }
        }
    }

    fn stands(&self, record: &LeaderRecord) -> bool {
        self.record.as_ref() == Some(&record.encode())
    }

    fn stale(&self) -> WriteError {
        WriteError::Stale {
            found: self.record().ok().flatten().map(Box::new),
        }
    }
}
