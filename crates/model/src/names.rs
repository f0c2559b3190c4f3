use std::sync::LazyLock;

use groupkeeper_assignment_store::GatewayRecord;
use groupkeeper_types::{GatewayAddr, GroupName, Incarnation, RpcAddr};

/// One process: its gateway, and which life of it.
pub(crate) type Pid = (usize, u64);

pub(crate) const GATEWAYS: usize = 2;

/// Kept, since they are looked at in every state.
struct Names {
    /// One of them is placed on each gateway.
    groups: [GroupName; 2],
    addrs: [GatewayAddr; GATEWAYS],
    rpcs: [RpcAddr; GATEWAYS],
}

static NAMES: LazyLock<Names> = LazyLock::new(|| Names {
    groups: ["a", "c"].map(|it| GroupName::new(it).expect("a short name")),
    addrs: [0, 1].map(|slot| GatewayAddr::new(&format!("gw{slot}:9092")).expect("an address")),
    rpcs: [1, 2].map(|port| RpcAddr::new(&format!("rpc:{port}")).expect("an address")),
});

pub(crate) fn groups() -> &'static [GroupName] {
    &NAMES.groups
}

pub(crate) fn addr(slot: usize) -> &'static GatewayAddr {
    &NAMES.addrs[slot]
}

pub(crate) fn record((slot, life): Pid) -> GatewayRecord {
    GatewayRecord {
        addr: addr(slot).clone(),
        incarnation: incarnation((slot, life)),
        rpc: NAMES.rpcs[slot].clone(),
    }
}

pub(crate) fn incarnation((slot, life): Pid) -> Incarnation {
    Incarnation::new(u64::try_from(slot).unwrap_or(0) * 1_000 + life + 1)
}

pub(crate) fn slot_of(rpc: &RpcAddr) -> usize {
    usize::from(rpc.port()) - 1
}
