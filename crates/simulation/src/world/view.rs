use std::collections::BTreeSet;

use groupkeeper_registry::lookups::{self, Lookup};
use groupkeeper_registry::machine::Head;
use groupkeeper_registry::peer::Decision;
use groupkeeper_types::{GroupName, Moment, Stamp};

use crate::names;

/// What look-ups of one process read: the registry's own view, and what the checkers look at beside it.
#[derive(Debug)]
pub(crate) struct View {
    pub(crate) head: Head,
    shipped: lookups::View,
    /// The groups that this gateway was ever told to be the coordinator of.
    told: BTreeSet<usize>,
}

impl View {
    pub(crate) fn new(head: Head) -> Self {
        Self {
            shipped: lookups::View::new(head.clone()),
            head,
            told: BTreeSet::new(),
        }
    }

    pub(crate) fn publish(&mut self, head: Head) {
        self.shipped.publish(head.clone());
        self.head = head;
    }

    pub(crate) fn is_leased(&self, now: Moment) -> bool {
        now < self.head.lease_until
    }

    /// The token under which this gateway may act as a group's coordinator now.
    pub(crate) fn owns(&self, group: usize, now: Moment) -> Option<Stamp> {
        if !self.told.contains(&group) {
            return None;
        }
        let (token, _) = self.shipped.owns(names::group(group).as_str(), now)?;
        Some(token)
    }

    /// All groups that it may act for now.
    pub(crate) fn owned(&self, now: Moment) -> Vec<(usize, Stamp)> {
        let told = self.told.iter();
        let owned = told.filter_map(|group| Some((*group, self.owns(*group, now)?)));
        owned.collect()
    }

    pub(crate) fn lookup(&self, group: usize, now: Moment) -> Lookup {
        self.shipped.lookup(names::group(group).as_str(), now)
    }

    /// As of when this gateway answers at least.
    pub(crate) fn newest(&self, now: Moment) -> Stamp {
        self.shipped.newest(now)
    }

    /// The store has said this.
    pub(crate) fn tell(&self, as_of: Stamp, until: Moment) {
        self.shipped.tell(as_of, until);
    }

    /// What is cached of a group.
    pub(crate) fn cached(&self, group: usize) -> Option<Decision> {
        self.shipped.cached(names::group(group).as_str())
    }

    pub(crate) fn cached_len(&self) -> usize {
        self.shipped.cached_len()
    }

    pub(crate) fn learn(&self, decisions: impl IntoIterator<Item = Decision>) {
        self.shipped.learn(decisions);
    }

    pub(crate) fn forget(&self, group: Option<&GroupName>) {
        match group {
            Some(group) => self.shipped.forget(group),
            None => self.shipped.forget_all(),
        }
    }

    /// Which groups those are.
    pub(crate) fn hold(
        &mut self,
        groups: impl IntoIterator<Item = (GroupName, Stamp)>,
    ) -> Vec<usize> {
        let groups: Vec<_> = groups.into_iter().collect();
        let index = |(group, _): &(GroupName, Stamp)| names::group_index(group);
        let held: Vec<usize> = groups.iter().map(index).collect();
        self.told.extend(held.iter().copied());
        self.shipped.hold(groups);
        held
    }

    pub(crate) fn release(&self, group: Option<&GroupName>) {
        match group {
            Some(group) => self.shipped.release(group),
            None => self.shipped.release_all(),
        }
    }
}
