//! G2: at any moment at most one gateway acts as a group's coordinator.
//!
//! Looked at whenever a gateway comes to own a group: by a decision, or because its lease is there
//! again. Every process counts, also a paused one, by its own clock: it may be in the middle of an
//! action.
//!
//! While two sides of the store both decide, and for as long after as a lease may last, that is so on
//! each side; where one side alone decides in the end, there is no exception.

use super::{Outcome, Seen, broken};
use crate::event::Pid;
use crate::names;
use crate::world::{Process, World};

pub(crate) fn look(world: &World, seen: &Seen<'_>) -> Outcome {
    match seen {
        Seen::Owns { pid, groups } => alone(world, *pid, groups),
        Seen::DoubtOver => {
            let mut all = world.processes.iter();
            all.try_for_each(|(pid, process)| {
                let now = world.hosts[process.slot].clock.show(world.now);
                let owned = process.view.owned(now).into_iter();
                let groups: Vec<usize> = owned.map(|(group, _)| group).collect();
                alone(world, *pid, &groups)
            })
        }
        _ => Ok(()),
    }
}

/// Whether nobody else acts for any of these groups, for which this process does.
fn alone(world: &World, pid: Pid, groups: &[usize]) -> Outcome {
    let Some(process) = world.processes.get(&pid) else {
        return Ok(());
    };
    let in_doubt = world.sides.in_doubt(world.now);
    // By whose lease somebody acts, and by whose word.
    let sides = |it: &Process| (it.leased_on, it.heard_on);
    let clock = |slot: usize| world.hosts[slot].clock.show(world.now);
    let now = clock(process.slot);
    for group in groups {
        let Some(stamp) = process.view.owns(*group, now) else {
            continue;
        };
        for (other, rival) in &world.processes {
            let its = rival.view.owns(*group, clock(rival.slot));
            if *other != pid
                && let Some(its) = its
                && !(in_doubt && sides(process) != sides(rival))
            {
                let group = names::group(*group);
                let what = format!("p{pid} owns {group} by {stamp}, and p{other} by {its}");
                return broken("G2 one owner", what);
            }
        }
    }
    Ok(())
}
