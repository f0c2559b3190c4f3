use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use groupkeeper_assignment_store::{GatewayRecord, Lineage};
use groupkeeper_registry::peer::{
    Ack, Changes, Decision, Directory, Found, Heartbeat, Held, LeaderService, LeaderView, Leave,
    MemberList, MemberView, Ownership, PeerError, RegistryStatus, Resigned, Revokes, Role,
    Standing,
};
use groupkeeper_types::{Epoch, GatewayAddr, GroupName, Incarnation, Revision, RpcAddr, Stamp};
use tokio::sync::Semaphore;

use crate::running::PATIENCE;

/// A gateway that writes down what it is asked and answers as it was told to.
#[derive(Debug)]
pub(crate) struct FakeGateway {
    asked: Mutex<Vec<Asked>>,
    error: Mutex<Option<PeerError>>,
    ack: Mutex<Ack>,
    /// One permit, taken while a call about [`HANGS`] is under way.
    hanging: Semaphore,
}

/// One call, as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    Heartbeat(Heartbeat),
    Leave(Leave),
    Assign(GroupName),
    Reassign(GroupName, Option<GatewayAddr>),
    Drain(GatewayAddr),
    Resigned(Resigned),
    Find(GroupName),
    Get(GroupName),
    DirectoryReassign(GroupName, Option<GatewayAddr>),
    DirectoryDrain(GatewayAddr),
}

impl FakeGateway {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            asked: Mutex::default(),
            error: Mutex::default(),
            ack: Mutex::new(ack()),
            hanging: Semaphore::new(1),
        })
    }

    /// Every call fails from now on, or none.
    pub(crate) fn fail_with(&self, error: Option<PeerError>) {
        *self.error.lock().unwrap() = error;
    }

    /// How heartbeats are answered from now on.
    pub(crate) fn acknowledge_with(&self, ack: Ack) {
        *self.ack.lock().unwrap() = ack;
    }

    /// What was asked since this was last called.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    /// Waits until a call about [`HANGS`] is under way.
    pub(crate) async fn until_a_call_hangs(&self) {
        let hangs = async {
            while self.hanging.available_permits() > 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(PATIENCE, hangs)
            .await
            .expect("the call arrives");
    }

    /// Waits until every call about [`HANGS`] is dropped.
    pub(crate) async fn until_no_call_hangs(&self) {
        let released = tokio::time::timeout(PATIENCE, self.hanging.acquire()).await;
        drop(released.expect("the call is dropped"));
    }

    fn note(&self, asked: Asked) -> Result<(), PeerError> {
        self.asked.lock().unwrap().push(asked);
        self.error.lock().unwrap().clone().map_or(Ok(()), Err)
    }
}

/// A group that is never assigned: the call goes on until it is dropped.
pub(crate) const HANGS: &str = "hangs";
/// A group whose assignment panics.
pub(crate) const PANICS: &str = "panics";

pub(crate) fn group(name: &str) -> GroupName {
    GroupName::new(name).unwrap()
}

pub(crate) fn gateway(addr: &str) -> GatewayAddr {
    GatewayAddr::new(addr).unwrap()
}

pub(crate) fn stamp(epoch: u64, revision: u64) -> Stamp {
    Stamp::new(Epoch::new(epoch), Revision::new(revision))
}

pub(crate) fn record() -> GatewayRecord {
    GatewayRecord {
        addr: gateway("gw-1:9092"),
        incarnation: Incarnation::new(u64::MAX),
        rpc: RpcAddr::new("gw-1:7000").unwrap(),
    }
}

pub(crate) fn heartbeat(announce: bool) -> Heartbeat {
    Heartbeat {
        gateway: record(),
        announce,
        epoch: Epoch::new(3),
        stood: Epoch::new(2),
        applied: stamp(3, 14),
        members_version: 15,
        revokes_heard: 16,
        given_up: vec![(group("payments"), stamp(3, 12))],
        draining: true,
        unanswered: Duration::from_micros(18),
        store_decides: true,
    }
}

pub(crate) fn ack() -> Ack {
    Ack {
        epoch: Epoch::new(3),
        stamp: stamp(3, 17),
        changes: Changes::Since(vec![found(&group("orders"), None).decision.into()]),
        members: Some(Arc::new(MemberList {
            version: 16,
            members: members(),
        })),
        standing: Standing::Draining,
        lease: Duration::from_micros(4_350_001),
        inherited: stamp(2, 8),
        lineage: Some(Lineage::default().followed_by(stamp(1, 4))),
        token_floor: stamp(3, 5),
        inherited_over: true,
        revokes: Revokes {
            number: 18,
            groups: vec![(group("refunds"), stamp(3, 13))],
        },
        ask_again: Some(Duration::from_micros(20_001)),
    }
}

fn members() -> Vec<MemberView> {
    vec![
        MemberView {
            addr: gateway("gw-1:9092"),
            joined: true,
            draining: false,
        },
        MemberView {
            addr: gateway("gw-2:9092"),
            joined: false,
            draining: true,
        },
    ]
}

pub(crate) fn found(group: &GroupName, to: Option<&GatewayAddr>) -> Found {
    let coordinator = to.cloned().unwrap_or_else(|| gateway("gw-2:9092"));
    let decision = Decision {
        group: group.clone(),
        coordinator,
        stamp: stamp(2, 9),
    };
    Found {
        decision,
        as_of: stamp(3, 17),
    }
}

/// It owns every group but those whose names begin with `not`.
pub(crate) fn ownership(group: &GroupName) -> Ownership {
    let held = Held {
        token: stamp(2, 9),
        left: Duration::from_micros(1_900_001),
    };
    Ownership {
        held: (!group.as_str().starts_with("not")).then_some(held),
        coordinator: Some(gateway("gw-2:9092")),
    }
}

pub(crate) fn status() -> RegistryStatus {
    RegistryStatus {
        gateway: record(),
        role: Role::TakingOver,
        leader: Some(LeaderView {
            addr: gateway("gw-2:9092"),
            rpc: RpcAddr::new("[::1]:7000").unwrap(),
            epoch: Epoch::new(3),
        }),
        lock_owner: Some("someone else".into()),
        stamp: stamp(3, 17),
        fresh: true,
        standing: Some(Standing::Joining),
        gateways: members(),
        groups_known: 4,
        assignments: Some(5),
        unreadable: 6,
        behind: 7,
        set_aside: 8,
        restored: 9,
        problem: Some("the store is away".into()),
    }
}

#[async_trait]
impl LeaderService for FakeGateway {
    async fn heartbeat(&self, heartbeat: Heartbeat) -> Result<Ack, PeerError> {
        self.note(Asked::Heartbeat(heartbeat))?;
        Ok(self.ack.lock().unwrap().clone())
    }

    async fn leave(&self, leave: Leave) -> Result<(), PeerError> {
        self.note(Asked::Leave(leave))
    }

    async fn assign(&self, group: GroupName) -> Result<Found, PeerError> {
        self.note(Asked::Assign(group.clone()))?;
        assert_ne!(group.as_str(), PANICS, "as the test wants it");
        if group.as_str() == HANGS {
            let _held = self.hanging.acquire().await;
            std::future::pending::<()>().await;
        }
        Ok(found(&group, None))
    }

    async fn reassign(
        &self,
        group: GroupName,
        to: Option<GatewayAddr>,
    ) -> Result<Found, PeerError> {
        self.note(Asked::Reassign(group.clone(), to.clone()))?;
        Ok(found(&group, to.as_ref()))
    }

    async fn drain(&self, gateway: GatewayAddr) -> Result<(), PeerError> {
        self.note(Asked::Drain(gateway))
    }

    async fn resigned(&self, resigned: Resigned) -> Result<(), PeerError> {
        self.note(Asked::Resigned(resigned))
    }
}

#[async_trait]
impl Directory for FakeGateway {
    async fn find(&self, group: &GroupName) -> Result<Found, PeerError> {
        self.note(Asked::Find(group.clone()))?;
        Ok(found(group, None))
    }

    async fn get(&self, group: &GroupName) -> Result<Found, PeerError> {
        self.note(Asked::Get(group.clone()))?;
        Ok(found(group, None))
    }

    async fn reassign(
        &self,
        group: &GroupName,
        to: Option<&GatewayAddr>,
    ) -> Result<Found, PeerError> {
        self.note(Asked::DirectoryReassign(group.clone(), to.cloned()))?;
        Ok(found(group, to))
    }

    async fn drain(&self, gateway: &GatewayAddr) -> Result<(), PeerError> {
        self.note(Asked::DirectoryDrain(gateway.clone()))
    }

    fn ownership(&self, group: &GroupName) -> Ownership {
        ownership(group)
    }

    fn status(&self) -> RegistryStatus {
        status()
    }
}
