use std::time::Duration;

use groupkeeper_assignment_store::GatewayRecord;
use groupkeeper_registry::peer::{Ack, Changes, Heartbeat, Standing};
use groupkeeper_types::{Epoch, GatewayAddr, GroupName, Incarnation, RpcAddr, Stamp};

/// A gateway as its leader sees it: it beats, and takes what it is told.
///
/// What a gateway does with the news is measured nowhere here, so it remembers only how far it has
/// heard.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    record: GatewayRecord,
    epoch: Epoch,
    applied: Stamp,
    members_version: u64,
    revokes_heard: u64,
    draining: bool,
    announced: bool,
}

impl Member {
    pub(crate) fn new(number: u32) -> Self {
        Self {
            record: record(number),
            epoch: Epoch::ZERO,
            applied: Stamp::ZERO,
            members_version: 0,
            revokes_heard: 0,
            draining: false,
            announced: false,
        }
    }

    pub(crate) fn record(&self) -> &GatewayRecord {
        &self.record
    }

    pub(crate) fn heartbeat(&self) -> Heartbeat {
        Heartbeat {
            gateway: self.record.clone(),
            announce: !self.announced,
            epoch: self.epoch,
            stood: self.epoch,
            applied: self.applied,
            members_version: self.members_version,
            revokes_heard: self.revokes_heard,
            given_up: Vec::new(),
            draining: self.draining,
            unanswered: Duration::ZERO,
            store_decides: false,
        }
    }

    /// How many decisions the answer brought.
    pub(crate) fn acked(&mut self, ack: Ack) -> usize {
        self.announced |= ack.standing != Standing::Joining;
        self.draining |= ack.standing == Standing::Draining;
        self.epoch = ack.epoch;
        self.applied = self.applied.max(ack.stamp);
        self.revokes_heard = ack.revokes.number;
        if let Some(members) = ack.members {
            self.members_version = members.version;
        }
        match ack.changes {
            Changes::Since(news) => news.len(),
            Changes::Reset => 0,
        }
    }
}

pub(crate) fn record(number: u32) -> GatewayRecord {
    let rpc = format!("{}:19092", host(number));
    GatewayRecord {
        addr: gateway(number),
        incarnation: Incarnation::new(u64::from(number) + 1),
        rpc: RpcAddr::new(&rpc).expect("a proper address"),
    }
}

fn host(number: u32) -> String {
    format!("gateway-{number:05}.kafka.internal")
}

pub(crate) fn gateway(number: u32) -> GatewayAddr {
    GatewayAddr::new(&format!("{}:9092", host(number))).expect("a proper address")
}

pub(crate) fn gateway_number(addr: &GatewayAddr) -> u32 {
    addr.as_str()[8..13]
        .parse()
        .expect("an address of this fleet")
}

pub(crate) fn group(number: usize) -> GroupName {
    GroupName::new(&format!("consumers-{number:08}")).expect("a proper name")
}

pub(crate) fn group_number(group: &GroupName) -> usize {
    group.as_str()[10..].parse().expect("a group of this fleet")
}
