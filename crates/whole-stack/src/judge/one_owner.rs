//! G2: at any moment at most one gateway acts as a group's coordinator.
//!
//! Every process that runs is asked at the same moment, without a wait in between.

use groupkeeper_registry::peer::Directory as _;

use super::{Outcome, broken};
use crate::world::World;

/// All groups.
pub(crate) fn everywhere(world: &World) -> Outcome {
    (0..world.groups.len()).try_for_each(|group| of(world, group))
}

/// One group.
pub(crate) fn of(world: &World, group: usize) -> Outcome {
    let name = &world.groups[group];
    let mut owners = world.processes().filter_map(|(slot, process)| {
        let held = process.registry.ownership(name).held?;
        Some((slot, process.pid, held))
    });
    let (Some(one), Some(other)) = (owners.next(), owners.next()) else {
        return Ok(());
    };
    let say = |(slot, pid, held): (usize, u64, groupkeeper_registry::peer::Held)| {
        format!("gw{slot} (p{pid}) by {} for {:?}", held.token, held.left)
    };
    let what = format!("{name} is owned by {} and {}", say(one), say(other));
    broken("G2 one owner", what)
}
