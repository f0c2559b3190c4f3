use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use groupkeeper_assignment_store::GatewayRecord;
use groupkeeper_registry::peer::{
    Ack, Decision, Directory, Found, Heartbeat, Held, LeaderService, Leave, Ownership, PeerError,
    RegistryStatus, Resigned, Role,
};
use groupkeeper_rpc::RpcServer;
use groupkeeper_types::{Epoch, GatewayAddr, GroupName, Incarnation, Revision, RpcAddr, Stamp};
use tokio::task::JoinSet;

/// A gateway that answers by the group's name: `missing...` has no coordinator, `late...` gets one
/// once it was asked for three times, `refused...` never will, and all others have one.
#[derive(Debug, Default)]
pub(crate) struct FakeGateway {
    asked_late: AtomicU32,
}

impl FakeGateway {
    /// Serves it until the set is dropped.
    pub(crate) fn start(tasks: &mut JoinSet<()>) -> SocketAddr {
        let fake = Arc::new(Self::default());
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let server = RpcServer::bind(any, fake.clone(), fake).expect("a free port");
        let addr = server.local_addr();
        tasks.spawn(async move {
            let served = server.serve(std::future::pending()).await;
            served.expect("it is served until the test is over");
        });
        addr
    }

    fn answer(&self, group: &GroupName) -> Result<Found, PeerError> {
        let name = group.as_str();
        if name.starts_with("refused") {
            let why = "it is not to be".to_owned();
            return Err(PeerError::Refused { why });
        }
        let late = name.starts_with("late");
        if name.starts_with("missing")
            || late && self.asked_late.fetch_add(1, Ordering::Relaxed) < 2
        {
            return Err(PeerError::not_available("nobody leads"));
        }
        let stamp = Stamp::new(Epoch::new(3), Revision::new(9));
        let decision = Decision {
            group: group.clone(),
            coordinator: GatewayAddr::new("gw-1:9092").expect("an address"),
            stamp,
        };
        Ok(Found {
            decision,
            as_of: stamp,
        })
    }
}

impl FakeGateway {
    /// `slow:1` never has, `late:1` has when it was asked for three times, all others have at once.
    fn drained(&self, gateway: &GatewayAddr) -> Result<(), PeerError> {
        let is = gateway.as_str();
        if is == "slow:1" || is == "late:1" && self.asked_late.fetch_add(1, Ordering::Relaxed) < 2 {
            return Err(PeerError::not_available("it has 7 groups"));
        }
        Ok(())
    }
}

#[async_trait]
impl Directory for FakeGateway {
    async fn find(&self, group: &GroupName) -> Result<Found, PeerError> {
        self.answer(group)
    }

    async fn get(&self, group: &GroupName) -> Result<Found, PeerError> {
        self.answer(group)
    }

    async fn reassign(
        &self,
        group: &GroupName,
        _: Option<&GatewayAddr>,
    ) -> Result<Found, PeerError> {
        self.answer(group)
    }

    async fn drain(&self, gateway: &GatewayAddr) -> Result<(), PeerError> {
        self.drained(gateway)
    }

    fn ownership(&self, group: &GroupName) -> Ownership {
        let held = self.answer(group).ok().map(|found| Held {
            token: found.decision.stamp,
            left: Duration::from_millis(1_900),
        });
        Ownership {
            held,
            coordinator: None,
        }
    }

    fn status(&self) -> RegistryStatus {
        RegistryStatus {
            gateway: GatewayRecord {
                addr: GatewayAddr::new("gw-1:9092").expect("an address"),
                incarnation: Incarnation::new(1),
                rpc: RpcAddr::new("gw-1:19092").expect("an address"),
            },
            role: Role::Follower,
            leader: None,
            lock_owner: None,
            stamp: Stamp::ZERO,
            fresh: false,
            standing: None,
            gateways: Vec::new(),
            groups_known: 0,
            assignments: None,
            unreadable: 0,
            behind: 0,
            set_aside: 0,
            restored: 0,
            problem: None,
        }
    }
}

/// Nobody follows it.
#[async_trait]
impl LeaderService for FakeGateway {
    async fn heartbeat(&self, _: Heartbeat) -> Result<Ack, PeerError> {
        Err(PeerError::NotLeader { leader: None })
    }

    async fn leave(&self, _: Leave) -> Result<(), PeerError> {
        Err(PeerError::NotLeader { leader: None })
    }

    async fn assign(&self, group: GroupName) -> Result<Found, PeerError> {
        self.answer(&group)
    }

    async fn reassign(&self, group: GroupName, _: Option<GatewayAddr>) -> Result<Found, PeerError> {
        self.answer(&group)
    }

    async fn drain(&self, gateway: GatewayAddr) -> Result<(), PeerError> {
        self.drained(&gateway)
    }

    async fn resigned(&self, _: Resigned) -> Result<(), PeerError> {
        Ok(())
    }
}
