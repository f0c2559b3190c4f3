//! G5: an assignment that was answered is never lost, and a newer one never gives way to an older.
//!
//! What a side of the store decided that is lost is lost with it, and so is what a copy did not have
//! when it was made, or what another copy has overwritten.

use std::collections::BTreeMap;

use groupkeeper_registry::machine::BatchChange;
use groupkeeper_types::Stamp;

use super::histories::Histories;
use super::{Outcome, Seen, broken};
use crate::names;
use crate::services::{SideId, Store};
use crate::world::World;

const NAME: &str = "G5 durable";

#[derive(Debug, Default)]
pub(crate) struct Durable {
    answered: BTreeMap<SideId, BTreeMap<usize, Stamp>>,
}

impl Durable {
    pub(crate) fn look(
        &mut self,
        world: &World,
        histories: &Histories,
        seen: &Seen<'_>,
    ) -> Outcome {
        match seen {
            Seen::Answered { found, .. } => {
                let decision = &found.decision;
                let group = names::group_index(&decision.group);
                for side in histories.deciders(decision) {
                    let answered = self.answered.entry(side).or_default();
                    let newest = answered.entry(group).or_default();
                    *newest = decision.stamp.max(*newest);
                    self.kept(world, side, group)?;
                }
                Ok(())
            }
            Seen::Parted { here, other, .. } => {
                let answered = self.answered.get(here).cloned().unwrap_or_default();
                let kept = answered.into_iter().filter_map(|(group, stamp)| {
                    let has = said(world, *other, group)?;
                    Some((group, stamp.min(has)))
                });
                self.answered.insert(*other, kept.collect());
                Ok(())
            }
            Seen::Swapped { side, group } => {
                if let Some(answered) = self.answered.get_mut(side) {
                    answered.remove(group);
                }
                Ok(())
            }
            Seen::Rejoined { loser, .. } => {
                self.answered.remove(loser);
                Ok(())
            }
            Seen::Changed {
                side,
                change: BatchChange::Assign(decision) | BatchChange::Rewrite(decision),
                before: Some(before),
                ..
            } if before.stamp > decision.stamp
                && histories.of(*side).is_some_and(|it| it.has(before)) =>
            {
                broken(
                    NAME,
                    format!(
                        "{} goes back from {} to {}",
                        decision.group, before.stamp, decision.stamp
                    ),
                )
            }
            Seen::Ended => {
                let sides = self.answered.iter();
                let mut groups = sides.flat_map(|(side, its)| its.keys().map(|it| (*side, *it)));
                groups.try_for_each(|(side, group)| self.kept(world, side, group))
            }
            _ => Ok(()),
        }
    }

    fn kept(&self, world: &World, side: SideId, group: usize) -> Outcome {
        let stored = said(world, side, group);
        let answered = self.answered.get(&side).and_then(|its| its.get(&group));
        let answered = answered.copied();
        let covered = |store: &Store<_>| store.is_covered(group);
        if stored >= answered || world.sides.store(side).is_some_and(covered) {
            return Ok(());
        }
        let what =
            format!("g{group} was answered as of {answered:?}, and the store has {stored:?}");
        broken(NAME, what)
    }
}

fn said(world: &World, side: SideId, group: usize) -> Option<Stamp> {
    let said = world.sides.get(side)?.store.says(group);
    said.map(|decision| decision.stamp)
}
