//! No two processes have one token for a group, also at one address and on two sides of the store, and
//! of two that act for it one after the other the later has the greater one: a store that remembers the
//! greatest token that it has seen lets whoever may act write, and nobody else.
//!
//! While both sides of a parted store decide, the order is kept on each. A side that has lost a decision can't
//! order what comes by what went: whoever acted by that decision may not have been heard of yet. When
//! everything is healed the order is kept for all, also for what acted by what is lost, where that has come
//! back since.

use std::collections::BTreeMap;

use groupkeeper_types::Stamp;

use super::{Outcome, Seen, broken};
use crate::event::Pid;
use crate::names;
use crate::services::SideId;
use crate::world::World;

const NAME: &str = "G2 tokens tell owners apart";

#[derive(Debug, Default)]
pub(crate) struct Tokens {
    /// Whose each token is.
    owners: BTreeMap<(usize, Stamp), Pid>,
    /// With which somebody has acted last on each side, and who has.
    newest: BTreeMap<(SideId, usize), (Stamp, Pid)>,
    /// The greatest with which somebody has ever acted there.
    greatest: BTreeMap<(SideId, usize), (Stamp, Pid)>,
}

impl Tokens {
    pub(crate) fn look(&mut self, world: &World, seen: &Seen<'_>) -> Outcome {
        if !world.checks_tokens {
            return Ok(());
        }
        match seen {
            Seen::Owns { pid, groups } => groups
                .iter()
                .try_for_each(|group| self.acts(world, *pid, *group)),
            Seen::Parted { here, other, .. } => {
                for tokens in [&mut self.newest, &mut self.greatest] {
                    let copied = tokens.iter().filter(|((side, _), _)| side == here);
                    let copied: Vec<_> = copied
                        .map(|((_, group), token)| ((*other, *group), *token))
                        .collect();
                    tokens.extend(copied);
                }
                Ok(())
            }
            Seen::Ended => {
                let mut all = world.processes.iter();
                all.try_for_each(|(pid, process)| {
                    let now = world.hosts[process.slot].clock.show(world.now);
                    let mut owned = process.view.owned(now).into_iter();
                    owned.try_for_each(|(group, _)| self.is_greatest(world, *pid, group))
                })
            }
            _ => Ok(()),
        }
    }

    fn acts(&mut self, world: &World, pid: Pid, group: usize) -> Outcome {
        let Some((side, token)) = token(world, pid, group) else {
            return Ok(());
        };
        let owner = *self.owners.entry((group, token)).or_insert(pid);
        let name = names::group(group);
        if owner != pid {
            let what = format!("p{pid} acts for {name} by {token}, as p{owner} has");
            return broken(NAME, what);
        }
        let (newest, other) = *self.newest.get(&(side, group)).unwrap_or(&(token, pid));
        if token < newest && !is_lost(world, side, newest) {
            let what = format!("p{pid} acts for {name} by {token}, and p{other} has by {newest}");
            return broken(NAME, what);
        }
        self.newest.insert((side, group), (token, pid));
        let greatest = self.greatest.entry((side, group)).or_insert((token, pid));
        *greatest = (*greatest).max((token, pid));
        Ok(())
    }

    /// Whether nobody has ever acted with a greater one, on any side.
    fn is_greatest(&self, world: &World, pid: Pid, group: usize) -> Outcome {
        let Some((_, token)) = token(world, pid, group) else {
            return Ok(());
        };
        for ((side, its), (greatest, other)) in &self.greatest {
            // Who does not come back can't tell what it had.
            let came_back = world.sides.get(*side).is_some() || world.processes.contains_key(other);
            if *its == group && *greatest > token && came_back {
                let name = names::group(group);
                let what = format!(
                    "p{pid} acts for {name} by {token} at last, p{other} has by {greatest}"
                );
                return broken(NAME, what);
            }
        }
        Ok(())
    }
}

/// Whether a side has lost this decision, or has never had it.
fn is_lost(world: &World, side: SideId, decision: Stamp) -> bool {
    let store = world.sides.store(side);
    let record = store.and_then(|store| store.record.as_ref());
    record.is_some_and(|record| !record.contains(decision))
}

/// By what a process acts for a group now, and on which side.
fn token(world: &World, pid: Pid, group: usize) -> Option<(SideId, Stamp)> {
    let process = world.processes.get(&pid)?;
    let now = world.hosts[process.slot].clock.show(world.now);
    Some((process.leased_on, process.view.owns(group, now)?))
}
