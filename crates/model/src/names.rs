use groupkeeper_assignment_store::GatewayRecord;
use groupkeeper_types::{GatewayAddr, GroupName, Incarnation, RpcAddr};

/// One process: its gateway, and which life of it.
pub(crate) type Pid = (usize, u64);

pub(crate) const GATEWAYS: usize = 2;
/// One of them is placed on each gateway.
const GROUPS: [&str; 2] = ["a", "c"];

pub(crate) fn groups() -> impl Iterator<Item = GroupName> {
    GROUPS
        .into_iter()
        .map(|it| GroupName::new(it).expect("a short name"))
}

pub(crate) fn addr(slot: usize) -> GatewayAddr {
    GatewayAddr::new(&format!("gw{slot}:9092")).expect("an address")
}

pub(crate) fn record((slot, life): Pid) -> GatewayRecord {
    GatewayRecord {
        addr: addr(slot),
        incarnation: Incarnation::new(u64::try_from(slot).unwrap_or(0) * 1_000 + life + 1),
        rpc: RpcAddr::new(&format!("rpc:{}", slot + 1)).expect("an address"),
    }
}

pub(crate) fn slot_of(rpc: &RpcAddr) -> usize {
    usize::from(rpc.port()) - 1
}
