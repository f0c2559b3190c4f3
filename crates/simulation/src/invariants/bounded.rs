//! G7: every queue, map and wait has a limit, and a machine never spins.

use groupkeeper_registry::peer::Role;

use super::{Outcome, Seen, broken};
use crate::world::World;

const NAME: &str = "G7 bounded";
/// Steps of one machine at one moment.
const STEPS: u32 = 300;
/// Operations of one process under way at once, with a few dozen questions in each second.
const UNDER_WAY: usize = 2_000;
/// Effects of one step, with a few dozen groups.
const EFFECTS: usize = 1_000;

pub(crate) fn look(world: &World, seen: &Seen<'_>) -> Outcome {
    match seen {
        Seen::Stepped { pid, effects } => {
            let Some(process) = world.processes.get(pid) else {
                return Ok(());
            };
            let head = &process.view.head;
            let burst = world.plan.burst;
            let over =
                |what: &str, count: usize| broken(NAME, format!("p{pid} has {count} {what}"));
            if process.steps_now.1 > STEPS && world.healed.is_none() {
                return over("steps at one moment", STEPS as usize);
            }
            if *effects > EFFECTS + 4 * burst {
                return over("effects of one step", *effects);
            }
            if process.pending.len() + process.calls.len() > UNDER_WAY + world.hosts.len() * burst {
                return over("calls and operations under way", process.pending.len());
            }
            if head.role == Role::Follower
                && head.groups_known > world.config.cached_groups.max(world.groups) + burst
            {
                return over("groups in its cache", head.groups_known);
            }
            if process.view.cached_len() > head.groups_known {
                // What must be settled first is known to the machine alone.
                return over(
                    "groups in its view, more than in its machine",
                    process.view.cached_len(),
                );
            }
            Ok(())
        }
        Seen::AnsweredTwice { pid, call } => broken(
            NAME,
            format!("p{pid} answers {call:?}, for which nobody waits"),
        ),
        _ => Ok(()),
    }
}
