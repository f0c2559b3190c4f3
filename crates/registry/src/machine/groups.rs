use std::collections::BTreeMap;

use groupkeeper_assignment_store::Failover;
use groupkeeper_types::{Epoch, GatewayAddr, GroupName, Stamp};

use crate::peer::Decision;

/// What is known of groups: at a leader the truth, elsewhere a cache.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Groups {
    by_name: BTreeMap<GroupName, Entry>,
    /// How many groups each coordinator has.
    counts: BTreeMap<GatewayAddr, usize>,
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
        match self.counts.get_key_value(&coordinator) {
            Some((known, _)) => known.clone(),
            None => coordinator,
        }
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

    /// What is known of the groups that a failover takes from those gone, in order of their names.
    pub(super) fn taken_by(&self, failover: &Failover) -> Vec<Decision> {
        if failover.gone().iter().all(|gone| self.count(gone) == 0) {
            return Vec::new();
        }
        let taken = |(_, entry): &(&GroupName, &Entry)| {
            failover.takes_from(&entry.coordinator) && entry.stamp < failover.stamp()
        };
        let decision = |(group, entry): (&GroupName, &Entry)| Decision {
            group: group.clone(),
            coordinator: entry.coordinator.clone(),
            stamp: entry.stamp,
        };
        self.by_name.iter().filter(taken).map(decision).collect()
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
        if let Some(count) = self.counts.get_mut(coordinator) {
            *count -= 1;
            if *count == 0 {
                self.counts.remove(coordinator);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decision(group: &str, coordinator: &str) -> Decision {
        Decision {
            group: GroupName::new(group).unwrap(),
            coordinator: GatewayAddr::new(coordinator).unwrap(),
            stamp: Stamp::ZERO,
        }
    }

    #[test]
    fn counts_follow_moves() {
        let mut groups = Groups::default();
        groups.insert(&decision("a", "one:1"));
        groups.insert(&decision("b", "one:1"));
        groups.insert(&decision("a", "two:2"));
        let one = GatewayAddr::new("one:1").unwrap();
        assert_eq!(groups.count(&one), 1);
        assert_eq!(groups.of(&one), [GroupName::new("b").unwrap()]);
        groups.insert(&decision("b", "two:2"));
        assert_eq!(groups.count(&one), 0);
        assert_eq!(groups.len(), 2);
    }

    #[test]
    fn groups_of_one_gateway_share_its_address() {
        let mut groups = Groups::default();
        let (first, second) = (decision("a", "one:1"), decision("b", "one:1"));
        assert_eq!(groups.shared(first.coordinator.clone()), first.coordinator);
        groups.insert(&first);
        let shared = groups.shared(second.coordinator.clone());
        let same = |addr: &GatewayAddr| std::ptr::eq(addr.as_str(), first.coordinator.as_str());
        assert!(same(&shared) && !same(&second.coordinator));
    }

    #[test]
    fn a_full_cache_stays_at_its_capacity_and_keeps_the_newest() {
        let mut groups = Groups::default();
        for name in ["m", "a", "z", "n"] {
            groups.insert_bounded(&decision(name, "one:1"), 2);
            assert!(groups.get(&GroupName::new(name).unwrap()).is_some());
        }
        assert_eq!(groups.len(), 2);
        assert_eq!(groups.count(&GatewayAddr::new("one:1").unwrap()), 2);
    }
}
