//! G5: an assignment that was answered is never lost, and a newer one never gives way to an older.

use std::collections::BTreeMap;

use groupkeeper_registry::machine::BatchChange;
use groupkeeper_types::Stamp;

use super::{Outcome, Seen, broken};
use crate::names;
use crate::world::World;

const NAME: &str = "G5 durable";

#[derive(Debug, Default)]
pub(crate) struct Durable {
    answered: BTreeMap<usize, Stamp>,
}

impl Durable {
    pub(crate) fn look(&mut self, world: &World, seen: &Seen<'_>) -> Outcome {
        match seen {
            Seen::Answered { found, .. } => {
                let decision = &found.decision;
                let group = names::group_index(&decision.group);
                let newest = self.answered.entry(group).or_default();
                *newest = decision.stamp.max(*newest);
                self.kept(world, group)
            }
            Seen::Changed {
                change: BatchChange::Assign(decision) | BatchChange::Rewrite(decision),
                before: Some(before),
                ..
            } if before.stamp > decision.stamp => broken(
                NAME,
                format!(
                    "{} goes back from {} to {}",
                    decision.group, before.stamp, decision.stamp
                ),
            ),
            Seen::Ended => {
                let mut groups = self.answered.keys();
                groups.try_for_each(|group| self.kept(world, *group))
            }
            _ => Ok(()),
        }
    }

    fn kept(&self, world: &World, group: usize) -> Outcome {
        let stored = world.store.says(group).map(|decision| decision.stamp);
        let answered = self.answered.get(&group).copied();
        if stored >= answered {
            return Ok(());
        }
        let what =
            format!("g{group} was answered as of {answered:?}, and the store has {stored:?}");
        broken(NAME, what)
    }
}
