use std::collections::BTreeMap;

use groupkeeper_registry::machine::BatchChange;
use groupkeeper_registry::peer::Decision;
use groupkeeper_types::{GatewayAddr, GroupName, Stamp};

use super::Seen;
use crate::clock::Time;
use crate::names;
use crate::world::World;

/// What was decided, by whole commits, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct History {
    groups: BTreeMap<usize, Vec<Decided>>,
}

/// One decision, and when its commit was whole.
#[derive(Debug, Clone)]
pub(crate) struct Decided {
    pub(crate) coordinator: GatewayAddr,
    pub(crate) stamp: Stamp,
    pub(crate) at: Time,
    /// Who has applied this knows of it.
    pub(crate) since: Stamp,
}

impl History {
    /// What of it was decided up to then.
    pub(crate) fn as_of(&self, moment: Time) -> Self {
        let mut copy = self.clone();
        for decided in copy.groups.values_mut() {
            decided.retain(|decided| decided.at <= moment);
        }
        copy
    }

    pub(crate) fn of(&self, group: &GroupName) -> &[Decided] {
        let decided = self.groups.get(&names::group_index(group));
        decided.map_or(&[], Vec::as_slice)
    }

    /// Whether this was decided by a whole commit, ever.
    pub(crate) fn has(&self, decision: &Decision) -> bool {
        self.place(decision).is_some()
    }

    pub(crate) fn place(&self, decision: &Decision) -> Option<usize> {
        let same = |decided: &Decided| {
            decided.stamp == decision.stamp && decided.coordinator == decision.coordinator
        };
        self.of(&decision.group).iter().rposition(same)
    }

    pub(crate) fn look(&mut self, world: &mut World, seen: &Seen<'_>) {
        if let Seen::Changed {
            change: BatchChange::Assign(decision),
            before: Some(before),
            ..
        } = seen
            && before.coordinator == decision.coordinator
            && before.stamp < decision.stamp
        {
            world.counts.settled += 1;
        }
        let Seen::Committed {
            batch, failed_over, ..
        } = seen
        else {
            return;
        };
        let assigned = batch.changes.iter().filter_map(|change| match change {
            BatchChange::Assign(decision) => Some(decision),
            _ => None,
        });
        world.counts.failovers += u64::from(!failed_over.is_empty());
        for decision in failed_over.iter().chain(assigned) {
            let group = names::group_index(&decision.group);
            let decided = self.groups.entry(group).or_default();
            match decided.last() {
                None => world.counts.assigned += 1,
                Some(last) if last.coordinator != decision.coordinator => world.counts.moves += 1,
                Some(_) => {}
            }
            decided.push(Decided {
                coordinator: decision.coordinator.clone(),
                stamp: decision.stamp,
                at: world.now,
                since: decision.stamp,
            });
        }
    }

    /// Another copy's file of a group stands where an epoch begins, and nothing tells its leader what stood
    /// there before.
    pub(crate) fn goes_back(&mut self, now: Time, found: &Decision, since: Stamp) {
        let group = names::group_index(&found.group);
        let decided = self.groups.entry(group).or_default();
        let same =
            |last: &Decided| last.stamp == found.stamp && last.coordinator == found.coordinator;
        if !decided.last().is_some_and(same) {
            decided.push(Decided {
                coordinator: found.coordinator.clone(),
                stamp: found.stamp,
                at: now,
                since,
            });
        }
    }
}
