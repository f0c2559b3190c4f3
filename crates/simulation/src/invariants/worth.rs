//! A seed is worth its while: as many gateways, groups, faults and minutes as are promised of it.

use super::{Outcome, Seen, broken};
use crate::clock::s;
use crate::world::World;

pub(crate) fn look(world: &World, seen: &Seen<'_>) -> Outcome {
    let (Seen::Ended, Some(healed)) = (seen, world.healed) else {
        return Ok(());
    };
    let (gateways, groups, faults) = (world.fleet, world.asked.len(), world.counts.faults);
    if (3..=7).contains(&gateways) && groups >= 50 && faults >= 20 && healed >= s(600) {
        return Ok(());
    }
    let seconds = healed / s(1);
    broken(
        "a seed's worth",
        format!("{gateways} gateways, {groups} groups, {faults} faults in {seconds} s"),
    )
}
