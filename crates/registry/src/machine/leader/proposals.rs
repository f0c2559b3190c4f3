use std::collections::BTreeMap;

use groupkeeper_types::{GatewayAddr, GroupName};

use crate::machine::CallId;

/// Groups that are to get a coordinator with a coming commit, and who waits for it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Proposals {
    by_group: BTreeMap<GroupName, Proposal>,
    waiting: usize,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Proposal {
    pub(super) cause: Cause,
    pub(super) waiting: Vec<CallId>,
}

/// Why a group is to get a coordinator.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Cause {
    /// It has none.
    New,
    /// Its coordinator is gone.
    Orphan,
    /// Its coordinator is leaving.
    Drain,
    /// Its assignment is of a commit that was never whole: the same, decided again.
    Settle,
    /// Somebody asked for it: this gateway, or any other than the present one.
    Give(Option<GatewayAddr>),
}

impl Proposals {
    /// The most calls that wait here at once.
    const MAX_WAITING: usize = 65_536;

    pub(super) fn is_empty(&self) -> bool {
        self.by_group.is_empty()
    }

    pub(super) fn get(&self, group: &GroupName) -> Option<&Proposal> {
        self.by_group.get(group)
    }

    /// Proposes a group. What was asked for by hand goes before what the leader saw to itself.
    pub(super) fn add(&mut self, group: GroupName, cause: Cause) {
        let proposal = self.by_group.entry(group).or_insert_with(|| Proposal {
            cause: cause.clone(),
            waiting: Vec::new(),
        });
        if matches!(cause, Cause::Give(_)) {
            proposal.cause = cause;
        }
    }

    /// Lets a call wait for a group that is proposed; `false` when too many wait already.
    pub(super) fn wait(&mut self, group: &GroupName, call: CallId) -> bool {
        if self.waiting >= Self::MAX_WAITING {
            return false;
        }
        if let Some(proposal) = self.by_group.get_mut(group) {
            proposal.waiting.push(call);
            self.waiting += 1;
        }
        true
    }

    pub(super) fn is_full(&self) -> bool {
        self.waiting >= Self::MAX_WAITING
    }

    /// The proposed groups, in order of their names.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&GroupName, &Proposal)> {
        self.by_group.iter()
    }

    pub(super) fn remove(&mut self, group: &GroupName) -> Vec<CallId> {
        let Some(proposal) = self.by_group.remove(group) else {
            return Vec::new();
        };
        self.waiting -= proposal.waiting.len();
        proposal.waiting
    }

    /// Takes the calls that wait, and keeps the proposals.
    pub(super) fn take_calls(&mut self) -> Vec<CallId> {
        self.waiting = 0;
        self.by_group
            .values_mut()
            .flat_map(|p| std::mem::take(&mut p.waiting))
            .collect()
    }

    pub(super) fn abandon(&mut self, call: CallId, group: &GroupName) {
        if let Some(proposal) = self.by_group.get_mut(group) {
            let before = proposal.waiting.len();
            proposal.waiting.retain(|waiting| *waiting != call);
            self.waiting -= before - proposal.waiting.len();
        }
    }
}
