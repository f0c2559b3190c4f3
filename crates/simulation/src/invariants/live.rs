//! G8: faults healed, every group that is asked for has a healthy coordinator again in time, and
//! all gateways agree on it.

use std::collections::BTreeMap;

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
                    Ok(())
                }
            },
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
