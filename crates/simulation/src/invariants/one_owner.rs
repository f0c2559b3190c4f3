//! G2: at any moment at most one gateway acts as a group's coordinator.
//!
//! Looked at whenever a process has taken a step, since nobody comes to own a group otherwise. Every
//! process counts, also a paused one, by its own clock: it may be in the middle of an action.

use super::{Outcome, Seen, broken};
use crate::world::World;

pub(crate) fn look(world: &mut World, seen: &Seen<'_>) -> Outcome {
    let Seen::Stepped { pid, .. } = seen else {
        return Ok(());
    };
    let Some(process) = world.processes.get(pid) else {
        return Ok(());
    };
    let clock = |slot: usize| world.hosts[slot].clock.show(world.now);
    let mut owned = 0;
    for (group, stamp) in process.machine.owned(clock(process.slot)) {
        owned += 1;
        for (other, rival) in world.processes.iter().filter(|(other, _)| *other != pid) {
            if let Some(its) = rival.machine.owns(group, clock(rival.slot)) {
                let what = format!("p{pid} owns {group} by {stamp}, and p{other} by {its}");
                return broken("G2 one owner", what);
            }
        }
    }
    world.counts.owned += owned;
    Ok(())
}
