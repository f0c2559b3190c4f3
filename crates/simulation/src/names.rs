//! The names of a simulated fleet.

use groupkeeper_types::{GatewayAddr, GroupName, RpcAddr};

/// The group with this number.
pub(crate) fn group(index: usize) -> GroupName {
    GroupName::new(&format!("g{index}")).expect("a short name")
}

/// The number of a group.
pub(crate) fn group_index(group: &GroupName) -> usize {
    group.as_str()[1..].parse().expect("a name made here")
}

/// The advertised address of the gateway in a slot.
pub(crate) fn addr(slot: usize) -> GatewayAddr {
    GatewayAddr::new(&format!("gw{slot}:9092")).expect("an address")
}

/// The advertised address of a guest whose node ID is that of the gateway in one of the first slots.
pub(crate) fn clashing_addr(slot: usize) -> GatewayAddr {
    let guest = ["guest2337462001", "guest2337462000", "guest2337462003"][slot];
    GatewayAddr::new(&format!("{guest}:9092")).expect("an address")
}

/// Where the gateway in a slot answers other gateways.
pub(crate) fn rpc(slot: usize) -> RpcAddr {
    RpcAddr::new(&format!("rpc:{}", slot + 1)).expect("an address")
}

/// The slot that answers at an address.
pub(crate) fn rpc_slot(rpc: &RpcAddr) -> usize {
    usize::from(rpc.port()) - 1
}

#[cfg(test)]
mod tests {
    use groupkeeper_hashing::node_id;

    use super::*;

    #[test]
    fn a_guest_has_the_node_id_of_somebody_else() {
        for slot in 0..3 {
            assert_eq!(node_id(&clashing_addr(slot)), node_id(&addr(slot)));
        }
    }
}
