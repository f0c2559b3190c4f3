//! Kafka clients tell gateways apart by node ID: no two that have joined one leader share one.

use groupkeeper_hashing::node_id;
use groupkeeper_registry::peer::MemberView;

use super::{Outcome, Seen, broken};
use crate::world::World;

pub(crate) fn look(world: &World, seen: &Seen<'_>) -> Outcome {
    let Seen::Listed { pid } = seen else {
        return Ok(());
    };
    let Some(process) = world.processes.get(pid) else {
        return Ok(());
    };
    let members = &process.view.head.members.members;
    let joined: Vec<_> = members.iter().filter(|member| member.joined).collect();
    for (index, one) in joined.iter().enumerate() {
        let same = |other: &&&MemberView| node_id(&one.addr) == node_id(&other.addr);
        if let Some(other) = joined[..index].iter().find(same) {
            let (one, other) = (&one.addr, &other.addr);
            let what = format!("p{pid} lists {one} and {other}, whose node ID is the same");
            return broken("one gateway a node ID", what);
        }
    }
    Ok(())
}
