//! Two processes believe in the lock at once only where the lock service named two.

use super::{Outcome, Seen, broken};
use crate::world::World;

/// Whether the lock service may have named two.
fn misnames(world: &World) -> bool {
    let mut sides = world.sides.iter();
    world.sides.parted.is_some() || sides.any(|(_, side)| side.lock.misnames(world.now))
}

pub(crate) fn look(world: &mut World, seen: &Seen<'_>) -> Outcome {
    let Seen::WonLock { pid } = seen else {
        return Ok(());
    };
    let believes = |(other, process): (&usize, &crate::world::Process)| {
        let now = world.hosts[process.slot].clock.show(world.now);
        let term = process.campaign.term();
        (other != pid && term.is_some_and(|term| term.is_running(now))).then_some(*other)
    };
    let Some(other) = world.processes.iter().find_map(believes) else {
        return Ok(());
    };
    if misnames(world) {
        world.counts.overlaps += 1;
        return Ok(());
    }
    let what = format!("p{pid} has the lock, and p{other} believes that it has it");
    broken("one leader by its own clock", what)
}
