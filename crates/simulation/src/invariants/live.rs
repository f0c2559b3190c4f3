//! G8: faults healed, every group that is asked for has a healthy coordinator again in time, and
//! all gateways agree on it. One gateway that stays ill makes no other so: each of them is a member, and
//! no group has a coordinator that can't act.

use std::collections::BTreeMap;

use groupkeeper_registry::peer::Standing;
use groupkeeper_types::GatewayAddr;

use super::{Outcome, Seen, broken};
use crate::world::World;

const NAME: &str = "G8 live";

#[derive(Debug, Default)]
pub(crate) struct Live {
    last: BTreeMap<usize, GatewayAddr>,
}

impl Live {
    pub(crate) fn look(&mut self, world: &World, seen: &Seen<'_>) -> Outcome {
        match seen {
            Seen::LastAnswer { pid, group, answer } => match answer {
                Err(error) => broken(NAME, format!("p{pid} can't tell of g{group}: {error}")),
                Ok(found) => {
                    let here = &found.decision.coordinator;
                    let there = self.last.entry(*group).or_insert_with(|| here.clone());
                    if there != here {
                        let what =
                            format!("g{group} is at {here} for p{pid}, and at {there} for others");
                        return broken(NAME, what);
                    }
                    if world.at(here).next().is_none() {
                        return broken(NAME, format!("g{group} is at {here}, where nobody is"));
                    }
                    if !acts(world, here) {
                        return broken(NAME, format!("g{group} is at {here}, which can't act"));
                    }
                    Ok(())
                }
            },
            Seen::AllWell => {
                let mut all = world.processes.iter();
                let ill = all.find(|(_, process)| {
                    let standing = process.view.head.standing;
                    let is_in = standing.is_some_and(Standing::is_stored);
                    Some(process.slot) != world.lasting && !is_in
                });
                ill.map_or(Ok(()), |(pid, process)| {
                    let standing = process.view.head.standing;
                    broken(NAME, format!("p{pid} is no member: {standing:?}"))
                })
            }
            Seen::Ended if self.last.len() != world.asked.len() => broken(
                NAME,
                format!(
                    "{} of {} groups were answered",
                    self.last.len(),
                    world.asked.len()
                ),
            ),
            _ => Ok(()),
        }
    }
}

/// Whether a gateway may act for its groups; which those are it may have to ask for.
fn acts(world: &World, addr: &GatewayAddr) -> bool {
    world.at(addr).any(|process| {
        let now = world.hosts[process.slot].clock.show(world.now);
        process.view.is_leased(now)
    })
}
