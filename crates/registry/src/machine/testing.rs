//! What tests of a role's parts stand on. Whole machines are tested from outside.

use groupkeeper_assignment_store::{Admission, Expected, GatewayRecord, LeaderRecord};
use groupkeeper_types::{
    Epoch, GatewayAddr, GroupName, Incarnation, Moment, Nonce, Revision, RpcAddr, Stamp,
};

use super::core::{Core, Ctx};
use super::{Batch, BatchChange, CallId, Effect, OpId, Reply, StoreWork};
use crate::config::Config;
use crate::peer::{Ack, Changes, Decision, Heartbeat, Revokes, Standing};

/// What a role works with, at a moment that a test sets.
pub(super) struct Bench {
    pub(super) core: Core,
    pub(super) now: Moment,
    out: Vec<Effect>,
}

impl Bench {
    /// The gateway `me:1`.
    pub(super) fn new() -> Self {
        Self {
            core: Core::new(gateway("me", 1), Config::default()),
            now: Moment::from_micros(1_000_000_000),
            out: Vec::new(),
        }
    }

    pub(super) fn ctx(&mut self) -> Ctx<'_> {
        Ctx {
            now: self.now,
            core: &mut self.core,
            out: &mut self.out,
        }
    }

    pub(super) fn take(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.out)
    }

    /// The newest question for the store, which must be the only one.
    pub(super) fn asked(&mut self) -> (OpId, StoreWork) {
        let asked = self.take().into_iter().filter_map(|effect| match effect {
            Effect::Store { op, work } => Some((op, work)),
            _ => None,
        });
        let asked: Vec<_> = asked.collect();
        let [asked] = <[_; 1]>::try_from(asked).unwrap();
        asked
    }

    /// The calls that were answered since, each with whether it was done.
    pub(super) fn done(&mut self) -> Vec<(u64, bool)> {
        let done = self.take().into_iter().filter_map(|effect| match effect {
            Effect::Reply {
                call: CallId(call),
                reply: Reply::Done(result),
            } => Some((call, result.is_ok())),
            _ => None,
        });
        done.collect()
    }
}

pub(super) fn addr(name: &str) -> GatewayAddr {
    GatewayAddr::new(&format!("{name}:1")).unwrap()
}

pub(super) fn gateway(name: &str, process: u64) -> GatewayRecord {
    GatewayRecord {
        addr: addr(name),
        incarnation: Incarnation::new(process),
        rpc: RpcAddr::new(&format!("{name}:2")).unwrap(),
    }
}

pub(super) fn admission(name: &str, process: u64) -> Admission {
    Admission {
        gateway: gateway(name, process),
        admitted: stamp(1, 1),
    }
}

pub(super) fn group(name: &str) -> GroupName {
    GroupName::new(name).unwrap()
}

pub(super) fn stamp(epoch: u64, revision: u64) -> Stamp {
    Stamp::new(Epoch::new(epoch), Revision::new(revision))
}

pub(super) fn decision(name: &str, coordinator: &str, stamp: Stamp) -> Decision {
    Decision {
        group: group(name),
        coordinator: addr(coordinator),
        stamp,
    }
}

/// The first record of an epoch of `me:1`, on top of this one.
pub(super) fn record(epoch: u64, before: Option<LeaderRecord>) -> LeaderRecord {
    let me = gateway("me", 1);
    Expected::from(before).begun_by(&me, Epoch::new(epoch), Nonce::new(epoch))
}

/// A commit of these changes on top of this record.
pub(super) fn batch(expected: &LeaderRecord, changes: Vec<BatchChange>) -> Batch {
    let next = LeaderRecord {
        revision: expected.revision.next(),
        ..expected.clone()
    };
    Batch {
        expected: expected.clone(),
        next,
        changes,
    }
}

/// What a gateway says that has heard of nothing yet.
pub(super) fn heartbeat(name: &str, process: u64) -> Heartbeat {
    Heartbeat {
        gateway: gateway(name, process),
        announce: false,
        epoch: Epoch::ZERO,
        stood: Epoch::ZERO,
        applied: Stamp::ZERO,
        members_version: 0,
        revokes_heard: 0,
        given_up: Vec::new(),
        draining: false,
        unanswered: std::time::Duration::ZERO,
        store_decides: false,
    }
}

/// What the leader of epoch 1 answers that has nothing to tell, to a member.
pub(super) fn ack() -> Ack {
    Ack {
        epoch: Epoch::new(1),
        stamp: stamp(1, 1),
        changes: Changes::Since(Vec::new()),
        members: None,
        standing: Standing::Member,
        lease: Config::default().timing.lease,
        inherited: Stamp::ZERO,
        lineage: None,
        token_floor: Stamp::ZERO,
        inherited_over: true,
        revokes: Revokes::default(),
        ask_again: None,
    }
}
