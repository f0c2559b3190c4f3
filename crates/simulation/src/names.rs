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

/// Where the gateway in a slot answers other gateways.
pub(crate) fn rpc(slot: usize) -> RpcAddr {
    RpcAddr::new(&format!("rpc:{}", slot + 1)).expect("an address")
}

/// The slot that answers at an address.
pub(crate) fn rpc_slot(rpc: &RpcAddr) -> usize {
    usize::from(rpc.port()) - 1
}
