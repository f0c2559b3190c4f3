//! The names of a fleet here.

use groupkeeper_types::{GatewayAddr, GroupName, RpcAddr};

/// How many groups clients ask for.
pub(crate) const GROUPS: usize = 50;

/// The group with this number.
pub(crate) fn group(index: usize) -> GroupName {
    GroupName::new(&format!("g{index:02}")).expect("a short name")
}

/// The advertised address of the gateway in a slot.
pub(crate) fn addr(slot: usize) -> GatewayAddr {
    GatewayAddr::new(&format!("gw{slot}:9092")).expect("an address")
}

/// The slot of a gateway.
pub(crate) fn slot(addr: &GatewayAddr) -> Option<usize> {
    addr.host().strip_prefix("gw")?.parse().ok()
}

/// Where the gateway in a slot answers other gateways.
pub(crate) fn rpc(slot: usize) -> RpcAddr {
    RpcAddr::new(&format!("gw{slot}:7000")).expect("an address")
}
