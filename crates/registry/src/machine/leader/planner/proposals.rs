//! Groups that are to get a coordinator. Which one is not in it.

use std::collections::BTreeMap;

use groupkeeper_types::{GatewayAddr, GroupName};

use crate::machine::CallId;

/// Groups that are to get a coordinator with a coming commit, and who waits for it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Proposals {
    by_group: BTreeMap<GroupName, Proposal>,
    waiting: usize,
    /// How many are of the cause [`Cause::Settle`].
    settling: usize,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Proposal {
    pub(super) cause: Cause,
    pub(super) waiting: Vec<CallId>,
}

/// Why a group is to get a coordinator.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::machine::leader) enum Cause {
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

    /// Whether half of a commit is yet to be decided again.
    pub(super) fn has_settling(&self) -> bool {
        self.settling > 0
    }

    pub(super) fn get(&self, group: &GroupName) -> Option<&Proposal> {
        self.by_group.get(group)
    }

    /// Proposes a group. What was asked for by hand goes before what the leader saw to itself, and
    /// what must be settled before either.
    pub(super) fn add(&mut self, group: GroupName, cause: Cause) {
        let proposal = self.by_group.entry(group).or_insert_with(|| Proposal {
            cause: Cause::New,
            waiting: Vec::new(),
        });
        let was_settling = proposal.cause == Cause::Settle;
        let by_hand = matches!(proposal.cause, Cause::Give(_));
        let replaces = cause == Cause::Settle || matches!(cause, Cause::Give(_)) || !by_hand;
        if replaces && !was_settling {
            self.settling += usize::from(cause == Cause::Settle);
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
        self.settling -= usize::from(proposal.cause == Cause::Settle);
        self.waiting -= proposal.waiting.len();
        proposal.waiting
    }

    /// Takes the calls that wait, and keeps what has to be put right without them.
    pub(super) fn take_calls(&mut self) -> Vec<CallId> {
        self.waiting = 0;
        let waiting = self.by_group.values_mut();
        let calls = waiting
            .flat_map(|p| std::mem::take(&mut p.waiting))
            .collect();
        self.by_group
            .retain(|_, proposal| proposal.cause != Cause::New);
        calls
    }

    pub(super) fn abandon(&mut self, call: CallId, group: &GroupName) {
        if let Some(proposal) = self.by_group.get_mut(group) {
            let before = proposal.waiting.len();
            proposal.waiting.retain(|waiting| *waiting != call);
            self.waiting -= before - proposal.waiting.len();
            // Nobody wants to know any more, and there is nothing to be put right.
            if proposal.waiting.is_empty() && proposal.cause == Cause::New {
                self.by_group.remove(group);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::testing::{addr, group};

    fn cause(proposals: &Proposals) -> Option<&Cause> {
        proposals.get(&group("g")).map(|proposal| &proposal.cause)
    }

    #[test]
    fn a_wish_goes_before_what_the_leader_sees_to_and_settling_before_both() {
        let mut proposals = Proposals::default();
        proposals.add(group("g"), Cause::Orphan);
        proposals.add(group("g"), Cause::Drain);
        assert_eq!(cause(&proposals), Some(&Cause::Drain));
        let give = Cause::Give(Some(addr("a")));
        proposals.add(group("g"), give.clone());
        proposals.add(group("g"), Cause::Orphan);
        assert_eq!(cause(&proposals), Some(&give));
        assert!(!proposals.has_settling());
        proposals.add(group("g"), Cause::Settle);
        proposals.add(group("g"), give);
        assert_eq!(cause(&proposals), Some(&Cause::Settle));
        assert!(proposals.has_settling());
        assert_eq!(proposals.remove(&group("g")), []);
        assert!(!proposals.has_settling() && proposals.is_empty());
    }

    #[test]
    fn what_nobody_wants_to_know_any_more_is_not_decided() {
        let mut proposals = Proposals::default();
        for (name, cause) in [("new", Cause::New), ("orphan", Cause::Orphan)] {
            proposals.add(group(name), cause);
            assert!(proposals.wait(&group(name), CallId(1)));
            proposals.abandon(CallId(1), &group(name));
        }
        assert!(proposals.get(&group("new")).is_none());
        assert!(proposals.get(&group("orphan")).is_some());
        proposals.add(group("new"), Cause::New);
        proposals.wait(&group("new"), CallId(2));
        proposals.wait(&group("orphan"), CallId(3));
        assert_eq!(proposals.take_calls(), [CallId(2), CallId(3)]);
        assert_eq!(proposals.iter().count(), 1, "what has to be put right");
    }
}
