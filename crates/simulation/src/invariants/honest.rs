//! G6: a group gets a coordinator as a new one only where none is stored.
//!
//! A leader that decides about a group it does not know of takes it for new. If the store has a
//! decision of a whole commit about it by then, some read was taken for what it was not.

use groupkeeper_registry::machine::BatchChange;

use super::histories::Histories;
use super::{Outcome, Seen, broken};
use crate::names;
use crate::world::World;

pub(crate) fn look(world: &World, histories: &Histories, seen: &Seen<'_>) -> Outcome {
    let Seen::Issued { pid, batch } = seen else {
        return Ok(());
    };
    let Some(process) = world.processes.get(pid) else {
        return Ok(());
    };
    let side = world.side_of(*pid);
    let (Some(at), Some(history)) = (world.sides.get(side), histories.of(side)) else {
        return Ok(());
    };
    for change in &batch.changes {
        let BatchChange::Assign(decision) = change else {
            continue;
        };
        let group = names::group_index(&decision.group);
        // Half of a commit that was never whole is decided again by whoever finds it.
        let stored = at.store.says(group);
        let stored = stored.filter(|stored| history.has(stored) && stored.stamp < decision.stamp);
        // What is settled again keeps its coordinator.
        let stored = stored.filter(|stored| stored.coordinator != decision.coordinator);
        if let Some(stored) = stored
            && process.view.cached(group).is_none()
            && at.store.record.as_ref() == Some(&batch.expected)
        {
            return broken(
                "G6 honest",
                format!(
                    "p{pid} gives {} to {} as a new group, and the store has it at {} ({})",
                    decision.group, decision.coordinator, stored.coordinator, stored.stamp
                ),
            );
        }
    }
    Ok(())
}
