//! A gateway is in the stored set before it is leased (a part of G2): a leader that is yet to come
//! learns from the set who may be acting.

use super::{Outcome, Seen, broken};
use crate::world::World;

pub(crate) fn look(world: &World, seen: &Seen<'_>) -> Outcome {
    let Seen::Leased { pid } = seen else {
        return Ok(());
    };
    let Some(process) = world.processes.get(pid) else {
        return Ok(());
    };
    let stored = world.store.gateways.get(&process.me.addr);
    if stored.is_some_and(|stored| stored.incarnation == process.me.incarnation) {
        return Ok(());
    }
    let what = format!(
        "p{pid} at {} is leased, and stored is {stored:?}",
        process.me.addr
    );
    broken("G2 stored before leased", what)
}
