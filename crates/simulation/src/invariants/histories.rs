use std::collections::BTreeMap;

use groupkeeper_assignment_store::LeaderRecord;
use groupkeeper_registry::peer::Decision;

use super::Seen;
use super::history::History;
use crate::clock::Time;
use crate::services::SideId;
use crate::world::World;

/// What was decided on each side of the store, also on those that are lost.
#[derive(Debug, Default)]
pub(crate) struct Histories {
    sides: BTreeMap<SideId, History>,
    lost: BTreeMap<SideId, (Time, History)>,
}

impl Histories {
    /// Of a side that is there.
    pub(crate) fn of(&self, side: SideId) -> Option<&History> {
        self.sides.get(&side)
    }

    /// Since when a side is lost.
    pub(crate) fn lost(&self, side: SideId) -> Option<Time> {
        self.lost.get(&side).map(|(at, _)| *at)
    }

    /// Of every side that there ever was; and since when it is lost.
    pub(crate) fn all(&self) -> impl Iterator<Item = (SideId, Option<Time>, &History)> {
        let there = self.sides.iter();
        let there = there.map(|(side, history)| (*side, None, history));
        let lost = self.lost.iter();
        there.chain(lost.map(|(side, (at, history))| (*side, Some(*at), history)))
    }

    /// The sides that are there on which this was decided.
    pub(crate) fn deciders<'a>(&'a self, decision: &'a Decision) -> impl Iterator<Item = SideId> {
        let has = |it: &(&SideId, &History)| it.1.has(decision);
        self.sides.iter().filter(has).map(|(side, _)| *side)
    }

    /// Whoever leads from now on takes each file for what was decided that its record settles.
    fn begins(&mut self, world: &World, side: SideId, record: &LeaderRecord) {
        let (Some(at), Some(history)) = (world.sides.get(side), self.sides.get_mut(&side)) else {
            return;
        };
        for group in at.store.covered() {
            let found = at.store.says(group);
            if let Some(found) = found.filter(|found| record.settles(found.stamp)) {
                history.goes_back(world.now, &found, record.stamp());
            }
        }
    }

    pub(crate) fn look(&mut self, world: &mut World, seen: &Seen<'_>) {
        match seen {
            Seen::Parted { here, other, as_of } => {
                let copy = self.of(*here).map(|history| history.as_of(*as_of));
                self.sides.insert(*other, copy.unwrap_or_default());
            }
            Seen::Rejoined { loser, .. } => {
                if let Some(lost) = self.sides.remove(loser) {
                    self.lost.insert(*loser, (world.now, lost));
                }
            }
            Seen::Begun { side, record, .. } => self.begins(world, *side, record),
            Seen::Changed { side, .. } | Seen::Committed { side, .. } => {
                self.sides.entry(*side).or_default().look(world, seen);
            }
            _ => {}
        }
    }
}
