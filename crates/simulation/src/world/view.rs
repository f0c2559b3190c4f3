use std::collections::BTreeMap;

use groupkeeper_registry::machine::Head;
use groupkeeper_registry::peer::{Decision, Found, Role};
use groupkeeper_types::{Moment, RpcAddr, Stamp};

use crate::names;

/// What look-ups of one process read: the registry's own view, rule by rule.
#[derive(Debug)]
pub(crate) struct View {
    pub(crate) head: Head,
    pub(crate) groups: BTreeMap<usize, Decision>,
    /// What this gateway may act as coordinator of while its lease lasts.
    pub(crate) held: BTreeMap<usize, Stamp>,
}

/// What a view says about a group, at one moment.
#[derive(Debug)]
pub(crate) enum Lookup {
    Known(Found),
    AskSelf,
    AskLeader(RpcAddr),
    AskStore,
}

impl View {
    pub(crate) fn new(head: Head) -> Self {
        Self {
            head,
            groups: BTreeMap::new(),
            held: BTreeMap::new(),
        }
    }

    pub(crate) fn is_fresh(&self, now: Moment) -> bool {
        now < self.head.fresh_until
    }

    pub(crate) fn is_leased(&self, now: Moment) -> bool {
        now < self.head.lease_until
    }

    /// The decision by which this gateway may act as a group's coordinator now.
    pub(crate) fn owns(&self, group: usize, now: Moment) -> Option<Stamp> {
        self.held
            .get(&group)
            .copied()
            .filter(|_| self.is_leased(now))
    }

    pub(crate) fn lookup(&self, group: usize, now: Moment) -> Lookup {
        if !self.is_fresh(now) {
            return Lookup::AskStore;
        }
        if let Some(decision) = self.groups.get(&group)
            && self.head.members.contains(&decision.coordinator)
        {
            return Lookup::Known(Found {
                decision: decision.clone(),
                as_of: self.head.applied,
            });
        }
        match (&self.head.role, &self.head.leader) {
            (Role::Leader, _) => Lookup::AskSelf,
            (_, Some(leader)) => Lookup::AskLeader(leader.rpc.clone()),
            (_, None) => Lookup::AskStore,
        }
    }

    pub(crate) fn learn(&mut self, decision: Decision) {
        self.groups
            .insert(names::group_index(&decision.group), decision);
    }
}
