//! A gateway is in the stored set before it is leased (a part of G2): a leader that is yet to come
//! learns from the set who may be acting. It is there on the copy that the leader decides on who gave the
//! lease; where another copy's record of it was put over that, the leader can't know.

use super::{Outcome, Seen, broken};
use crate::world::World;

pub(crate) fn look(world: &World, seen: &Seen<'_>) -> Outcome {
    let Seen::Leased { pid } = seen else {
        return Ok(());
    };
    let Some(process) = world.processes.get(pid) else {
        return Ok(());
    };
    // Also one that is lost: until its leader finds that out, it goes by what it had stored there.
    let Some(store) = world.sides.store(process.leased_on) else {
        return Ok(());
    };
    let mut stored = store.admissions(&process.me.addr);
    if stored.any(|stored| stored.gateway.incarnation == process.me.incarnation) {
        return Ok(());
    }
    let stored = store.gateways.get(&process.me.addr);
    let what = format!(
        "p{pid} at {} is leased, and stored is {stored:?}",
        process.me.addr
    );
    broken("G2 stored before leased", what)
}
