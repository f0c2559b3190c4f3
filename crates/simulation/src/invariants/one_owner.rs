//! G2: at any moment at most one gateway acts as a group's coordinator.
//!
//! Looked at whenever a gateway comes to own a group: by a decision, or because its lease is there
//! again. Every process counts, also a paused one, by its own clock: it may be in the middle of an
//! action.

use super::{Outcome, Seen, broken};
use crate::names;
use crate::world::World;

pub(crate) fn look(world: &World, seen: &Seen<'_>) -> Outcome {
    let Seen::Owns { pid, groups } = seen else {
        return Ok(());
    };
    let Some(process) = world.processes.get(pid) else {
        return Ok(());
    };
    let clock = |slot: usize| world.hosts[slot].clock.show(world.now);
    let now = clock(process.slot);
    for group in *groups {
        let Some(stamp) = process.view.owns(*group, now) else {
            continue;
        };
        for (other, rival) in &world.processes {
            let its = rival.view.owns(*group, clock(rival.slot));
            if other != pid
                && let Some(its) = its
            {
                let group = names::group(*group);
                let what = format!("p{pid} owns {group} by {stamp}, and p{other} by {its}");
                return broken("G2 one owner", what);
            }
        }
    }
    Ok(())
}
