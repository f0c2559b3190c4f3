use std::collections::BTreeMap;

use groupkeeper_types::{GatewayAddr, GroupName};

use super::leader::Contents;
use crate::{Admission, Assignment, Change, Commit, Expected, LeaderRecord};

/// What a store should do, in the fewest words: the cases' own, so that it shares no mistake with
/// any store.
#[derive(Debug, Default)]
pub(super) struct Model {
    record: Option<LeaderRecord>,
    assignments: BTreeMap<GroupName, Assignment>,
    gateways: BTreeMap<GatewayAddr, Admission>,
}

impl Model {
    pub(super) fn record(&self) -> Option<&LeaderRecord> {
        self.record.as_ref()
    }

    /// Whether it should be confirmed.
    pub(super) fn begin(&mut self, expected: &Expected, next: &LeaderRecord) -> bool {
        let landed = self.record.as_ref() == Some(next);
        if !landed && expected.holds(self.record.as_ref()) {
            self.record = Some(next.clone());
            return true;
        }
        landed
    }

    /// Whether it should be confirmed.
    pub(super) fn commit(&mut self, commit: &Commit) -> bool {
        if self.record.as_ref() != Some(commit.expected()) {
            return self.record.as_ref() == Some(commit.next());
        }
        for change in commit.changes().iter().cloned() {
            match change {
                Change::Assign(a) => drop(self.assignments.insert(a.group.clone(), a)),
                Change::Unassign(group) => drop(self.assignments.remove(&group)),
                Change::Admit(g) => drop(self.gateways.insert(g.addr().clone(), g)),
                Change::Dismiss(addr) => drop(self.gateways.remove(&addr)),
                // In the cases that use it, everything can be read.
                Change::SetAside(_) => {}
            }
        }
        self.record = Some(commit.next().clone());
        true
    }

    pub(super) fn contents(&self) -> Contents {
        Contents {
            record: self.record.clone(),
            assignments: self.assignments.clone(),
            gateways: self.gateways.values().cloned().collect(),
        }
    }
}
