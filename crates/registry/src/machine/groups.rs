use std::collections::BTreeMap;
use std::collections::btree_map::Entry as BTreeEntry;
use std::hash::{Hash, Hasher};

use groupkeeper_assignment_store::Failover;
use groupkeeper_types::{GatewayAddr, GroupName, Stamp};

use self::holders::{Holders, Seat};
use crate::folding::Folding;
use crate::peer::Decision;

mod holders;
#[cfg(test)]
mod tests;

/// What is known of groups: at a leader the truth, elsewhere a cache.
#[derive(Debug, Clone, Default)]
pub(super) struct Groups {
    by_name: BTreeMap<GroupName, Entry>,
    /// Who has which: what is done about one gateway's groups takes time by their number, and not by
    /// that of all.
    holders: Holders,
}

/// What a failover made of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Moved {
    /// Who had it.
    pub(super) before: GatewayAddr,
    /// The decision now: the one before, where failovers leave it alone.
    pub(super) after: Decision,
}

#[derive(Debug, Clone)]
struct Entry {
    seat: Seat,
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
            coordinator: self.holders.addr(entry.seat).clone(),
            stamp: entry.stamp,
        })
    }

    pub(super) fn stamp(&self, group: &GroupName) -> Option<Stamp> {
        self.by_name.get(group).map(|entry| entry.stamp)
    }

    pub(super) fn coordinator(&self, group: &GroupName) -> Option<&GatewayAddr> {
        let entry = self.by_name.get(group)?;
        Some(self.holders.addr(entry.seat))
    }

    /// How many groups a gateway has.
    pub(super) fn count(&self, coordinator: &GatewayAddr) -> usize {
        self.holders.of(coordinator).len()
    }

    /// The same address, as the one text that all of this gateway's groups share: what comes from a
    /// store or over a network has a text of its own each time.
    pub(super) fn shared(&self, coordinator: GatewayAddr) -> GatewayAddr {
        self.holders.shared(coordinator)
    }

    /// The gateways that have groups.
    pub(super) fn coordinators(&self) -> impl Iterator<Item = &GatewayAddr> {
        self.holders.all()
    }

    /// The groups a gateway has, in order of their names.
    pub(super) fn of(&self, coordinator: &GatewayAddr) -> Vec<GroupName> {
        let mut its = self.holders.of(coordinator).to_vec();
        its.sort_unstable();
        its
    }

    /// Moves the groups that a failover takes from those gone to where `folding` places them, and says
    /// what became of each, in order of their names.
    pub(super) fn fail_over(&mut self, failover: &Failover, folding: &Folding) -> Vec<Moved> {
        let mut moved = Vec::new();
        for gone in failover.gone() {
            let before = self.shared(gone.clone());
            for group in self.holders.clear(gone) {
                let Some(entry) = self.by_name.get_mut(&group) else {
                    continue;
                };
                if entry.stamp >= failover.stamp() {
                    entry.seat = self.holders.add(&before, &group);
                    continue;
                }
                let mut after = folding.fold(Decision {
                    group,
                    coordinator: before.clone(),
                    stamp: entry.stamp,
                });
                after.coordinator = self.holders.shared(after.coordinator);
                entry.seat = self.holders.add(&after.coordinator, &after.group);
                entry.stamp = after.stamp;
                let before = before.clone();
                moved.push(Moved { before, after });
            }
        }
        moved.sort_unstable_by(|a, b| a.after.group.cmp(&b.after.group));
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
        let Decision {
            group,
            coordinator,
            stamp,
        } = decision;
        let (holders, stamp) = (&mut self.holders, *stamp);
        match self.by_name.entry(group.clone()) {
            BTreeEntry::Vacant(place) => {
                let seat = holders.add(coordinator, group);
                place.insert(Entry { seat, stamp });
            }
            BTreeEntry::Occupied(mut known) => {
                let known = known.get_mut();
                known.stamp = stamp;
                let before = known.seat;
                if holders.addr(before) != coordinator {
                    known.seat = holders.add(coordinator, group);
                    self.vacate(before);
                }
            }
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
        self.remove(&victim);
        Some(victim)
    }

    /// Drops every decision whose stamp is `lost`, and says of which groups.
    pub(super) fn lose(&mut self, lost: impl Fn(Stamp) -> bool) -> Vec<GroupName> {
        let all = self.by_name.iter().filter(|(_, entry)| lost(entry.stamp));
        let lost: Vec<GroupName> = all.map(|(name, _)| name.clone()).collect();
        for group in &lost {
            self.remove(group);
        }
        lost
    }

    pub(super) fn clear(&mut self) {
        self.by_name.clear();
        self.holders = Holders::default();
    }

    /// One at a time: the next may have another seat by then.
    fn remove(&mut self, group: &GroupName) {
        if let Some(old) = self.by_name.remove(group) {
            self.vacate(old.seat);
        }
    }

    /// A seat is free, and whoever had the last one of that gateway's moves there.
    fn vacate(&mut self, seat: Seat) {
        if let Some(mover) = self.holders.vacate(seat)
            && let Some(entry) = self.by_name.get_mut(&mover)
        {
            entry.seat = seat;
        }
    }

    fn iter(&self) -> impl Iterator<Item = (&GroupName, &GatewayAddr, Stamp)> {
        let holders = &self.holders;
        self.by_name
            .iter()
            .map(move |(name, entry)| (name, holders.addr(entry.seat), entry.stamp))
    }
}

/// By what is known, and not by who came to know it in what order.
impl PartialEq for Groups {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Groups {}

impl Hash for Groups {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.len().hash(state);
        for known in self.iter() {
            known.hash(state);
        }
    }
}
