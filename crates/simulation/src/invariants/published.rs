//! What a gateway's author is told that it owns is what its machine holds.
//!
//! Ownership is published change by change. One that was not told would be a group owned by nobody,
//! or for too long. All of it is compared now and then.

use super::{Outcome, Seen, broken};
use crate::names;
use crate::world::World;

/// At every so many steps of a process.
const EVERY: u64 = 64;

pub(crate) fn look(world: &World, seen: &Seen<'_>) -> Outcome {
    let Seen::Stepped { pid, .. } = seen else {
        return Ok(());
    };
    let Some(process) = world.processes.get(pid) else {
        return Ok(());
    };
    let now = world.hosts[process.slot].clock.show(world.now);
    if process.steps % EVERY != 0 || !process.view.is_leased(now) {
        return Ok(());
    }
    let published = process.view.owned(now);
    let owned = process.machine.owned(now);
    let mut owned: Vec<_> = owned
        .map(|(group, stamp)| (names::group_index(group), stamp))
        .collect();
    owned.sort_unstable();
    if owned == published {
        return Ok(());
    }
    let what = format!("p{pid} holds {owned:?} and has published {published:?}");
    broken("ownership as published", what)
}
