use std::collections::BTreeMap;

use groupkeeper_assignment_store::Failover;
use groupkeeper_types::{Epoch, GatewayAddr, GroupName, Stamp};

use crate::folding::Folding;
use crate::peer::Decision;

#[cfg(test)]
mod tests;

/// What is known of groups: at a leader the truth, elsewhere a cache.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Groups {
    by_name: BTreeMap<GroupName, Entry>,
    /// How many groups each coordinator has.
    counts: BTreeMap<GatewayAddr, usize>,
}

/// What a failover made of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Moved {
    /// Who had it.
    pub(super) before: GatewayAddr,
    /// The decision now: the one before, where failovers leave it alone.
    pub(super) after: Decision,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Entry {
    coordinator: GatewayAddr,
    stamp: Stamp,
}

impl Groups {
    pub(super) fn len(&self) -> usize {
        self.by_name.len()
    }

    pub(super) fn get(&self, group: &GroupName) -> Option<Decision> {
        let (name, entry) = self.by_name.get_key_value(group)?;
        Some(Decision {
            group: name.clone(),
            coordinator: entry.coordinator.clone(),
            stamp: entry.stamp,
        })
    }

    pub(super) fn stamp(&self, group: &GroupName) -> Option<Stamp> {
        self.by_name.get(group).map(|entry| entry.stamp)
    }

    pub(super) fn coordinator(&self, group: &GroupName) -> Option<&GatewayAddr> {
        self.by_name.get(group).map(|entry| &entry.coordinator)
    }

    /// How many groups a gateway has.
    pub(super) fn count(&self, coordinator: &GatewayAddr) -> usize {
        self.counts.get(coordinator).copied().unwrap_or(0)
    }

    /// The same address, as the one text that all of this gateway's groups share: what comes from a
    /// store or over a network has a text of its own each time.
    pub(super) fn shared(&self, coordinator: GatewayAddr) -> GatewayAddr {
        shared(&self.counts, coordinator)
    }

    /// The gateways that have groups.
    pub(super) fn coordinators(&self) -> impl Iterator<Item = &GatewayAddr> {
        self.counts.keys()
    }

    /// The groups a gateway has, in order of their names.
    pub(super) fn of(&self, coordinator: &GatewayAddr) -> Vec<GroupName> {
        if self.count(coordinator) == 0 {
            return Vec::new();
        }
        let its = self
            .by_name
            .iter()
            .filter(|(_, entry)| entry.coordinator == *coordinator);
        its.map(|(name, _)| name.clone()).collect()
    }

    /// Moves the groups that a failover takes from those gone to where `folding` places them, and says
    /// what became of each, in order of their names. Every group is in place already: none is searched.
    pub(super) fn fail_over(&mut self, failover: &Failover, folding: &Folding) -> Vec<Moved> {
        if failover.gone().iter().all(|gone| self.count(gone) == 0) {
            return Vec::new();
        }
        let mut moved = Vec::new();
        for (group, entry) in &mut self.by_name {
            if !failover.takes_from(&entry.coordinator) || entry.stamp >= failover.stamp() {
                continue;
            }
            let before = entry.coordinator.clone();
            let mut after = folding.fold(Decision {
                group: group.clone(),
                coordinator: before.clone(),
                stamp: entry.stamp,
            });
            if after.coordinator != before {
                uncount(&mut self.counts, &before);
                after.coordinator = shared(&self.counts, after.coordinator);
                *self.counts.entry(after.coordinator.clone()).or_default() += 1;
                entry.coordinator = after.coordinator.clone();
            }
            entry.stamp = after.stamp;
            moved.push(Moved { before, after });
        }
        moved
    }

    /// The first groups after this one, in order of their names.
    pub(super) fn after(&self, group: Option<&GroupName>, count: usize) -> Vec<GroupName> {
        use std::ops::Bound;
        let from = group.map_or(Bound::Unbounded, Bound::Excluded);
        let range = self.by_name.range::<GroupName, _>((from, Bound::Unbounded));
        range.take(count).map(|(name, _)| name.clone()).collect()
    }

    pub(super) fn insert(&mut self, decision: &Decision) {
        let entry = Entry {
            coordinator: decision.coordinator.clone(),
            stamp: decision.stamp,
        };
        *self.counts.entry(entry.coordinator.clone()).or_default() += 1;
        if let Some(old) = self.by_name.insert(decision.group.clone(), entry) {
            self.uncount(&old.coordinator);
        }
    }

    /// Inserts into a cache of at most `capacity` groups; returns the group that had to make room.
    pub(super) fn insert_bounded(
        &mut self,
        decision: &Decision,
        capacity: usize,
    ) -> Option<GroupName> {
        self.insert(decision);
        if self.by_name.len() <= capacity {
            return None;
        }
        // Its neighbour by name goes: as good as random, and found without a second index.
        let beside = |mut it: std::collections::btree_map::Range<'_, GroupName, Entry>| {
            it.find(|(name, _)| **name != decision.group)
                .map(|(name, _)| name.clone())
        };
        let victim = beside(self.by_name.range(decision.group.clone()..))
            .or_else(|| beside(self.by_name.range::<GroupName, _>(..)))
            .unwrap_or_else(|| decision.group.clone());
        if let Some(old) = self.by_name.remove(&victim) {
            self.uncount(&old.coordinator);
        }
        Some(victim)
    }

    /// Drops every decision that is newer than `inherited` and of an epoch before `epoch`, and says
    /// of which groups.
    pub(super) fn lose(&mut self, inherited: Stamp, epoch: Epoch) -> Vec<GroupName> {
        let lost =
            |_: &GroupName, entry: &mut Entry| entry.stamp > inherited && entry.stamp.epoch < epoch;
        let lost: Vec<_> = self.by_name.extract_if(.., lost).collect();
        for (_, entry) in &lost {
            self.uncount(&entry.coordinator);
        }
        lost.into_iter().map(|(group, _)| group).collect()
    }

    pub(super) fn clear(&mut self) {
        self.by_name.clear();
        self.counts.clear();
    }

    fn uncount(&mut self, coordinator: &GatewayAddr) {
        uncount(&mut self.counts, coordinator);
    }
}

fn uncount(counts: &mut BTreeMap<GatewayAddr, usize>, coordinator: &GatewayAddr) {
    if let Some(count) = counts.get_mut(coordinator) {
        *count -= 1;
        if *count == 0 {
            counts.remove(coordinator);
        }
    }
}

fn shared(counts: &BTreeMap<GatewayAddr, usize>, coordinator: GatewayAddr) -> GatewayAddr {
    match counts.get_key_value(&coordinator) {
        Some((known, _)) => known.clone(),
        None => coordinator,
    }
}
