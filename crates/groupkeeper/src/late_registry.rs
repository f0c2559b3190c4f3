use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use groupkeeper_assignment_store::GatewayRecord;
use groupkeeper_gateway::{
    Answer, Broker, Cluster, ClusterId, Coordinators, Lease, Look, RegistryCoordinators,
};
use groupkeeper_registry::peer::{
    Ack, Directory, Found, Heartbeat, LeaderService, Leave, Ownership, PeerError, RegistryStatus,
    Resigned, Role,
};
use groupkeeper_registry::{NotOwner, Registry};
use groupkeeper_types::{GatewayAddr, GroupName, Stamp};

/// What the ports answer with: the registry, as soon as there is one.
///
/// The ports open before the store does, since a registry must know the ports it is reached at, and
/// clients are better told "not now" (15) than refused.
#[derive(Debug)]
pub(crate) struct LateRegistry {
    nobody: Arc<Cluster>,
    me: OnceLock<GatewayRecord>,
    started: OnceLock<Started>,
}

#[derive(Debug)]
struct Started {
    registry: Registry,
    kafka: RegistryCoordinators,
}

impl LateRegistry {
    pub(crate) fn new(cluster_id: ClusterId) -> Self {
        let nobody = Cluster {
            cluster_id,
            controller: None,
            brokers: Vec::new(),
        };
        Self {
            nobody: Arc::new(nobody),
            me: OnceLock::new(),
            started: OnceLock::new(),
        }
    }

    /// Says who answers: once, before anything is served.
    pub(crate) fn introduce(&self, me: GatewayRecord) {
        drop(self.me.set(me));
    }

    /// Answers with this registry from now on. Only the first one counts.
    pub(crate) fn start(&self, registry: Registry) {
        let kafka = RegistryCoordinators::new(registry.clone(), self.nobody.cluster_id.clone());
        drop(self.started.set(Started { registry, kafka }));
    }

    fn registry(&self) -> Result<&Registry, PeerError> {
        let not_yet = || PeerError::not_available("this gateway starts, and opens its store");
        self.started
            .get()
            .map(|started| &started.registry)
            .ok_or_else(not_yet)
    }
}

/// What is known before there is a registry.
struct NotYet;

impl Look for NotYet {
    fn known(&self, _group: &str) -> Option<Answer<&Broker>> {
        Some(Answer::Unknown)
    }
}

#[async_trait]
impl Coordinators for LateRegistry {
    fn look(&self) -> Box<dyn Look + '_> {
        match self.started.get() {
            Some(started) => started.kafka.look(),
            None => Box::new(NotYet),
        }
    }

    async fn find(&self, group: &GroupName) -> Answer {
        match self.started.get() {
            Some(started) => started.kafka.find(group).await,
            None => Answer::Unknown,
        }
    }

    async fn claim(&self, group: &GroupName) -> Result<Arc<dyn Lease>, NotOwner> {
        match self.started.get() {
            Some(started) => started.kafka.claim(group).await,
            None => {
                let why = "this gateway starts, and opens its store".to_owned();
                Err(NotOwner::NotAvailable { why })
            }
        }
    }

    fn cluster(&self) -> Arc<Cluster> {
        match self.started.get() {
            Some(started) => started.kafka.cluster(),
            None => Arc::clone(&self.nobody),
        }
    }
}

#[async_trait]
impl LeaderService for LateRegistry {
    async fn heartbeat(&self, heartbeat: Heartbeat) -> Result<Ack, PeerError> {
        self.registry()?.heartbeat(heartbeat).await
    }

    async fn leave(&self, leave: Leave) -> Result<(), PeerError> {
        self.registry()?.leave(leave).await
    }

    async fn assign(&self, group: GroupName) -> Result<Found, PeerError> {
        self.registry()?.assign(group).await
    }

    async fn reassign(
        &self,
        group: GroupName,
        to: Option<GatewayAddr>,
    ) -> Result<Found, PeerError> {
        LeaderService::reassign(self.registry()?, group, to).await
    }

    async fn drain(&self, gateway: GatewayAddr) -> Result<(), PeerError> {
        LeaderService::drain(self.registry()?, gateway).await
    }

    async fn resigned(&self, resigned: Resigned) -> Result<(), PeerError> {
        self.registry()?.resigned(resigned).await
    }
}

#[async_trait]
impl Directory for LateRegistry {
    async fn find(&self, group: &GroupName) -> Result<Found, PeerError> {
        self.registry()?.find(group).await
    }

    async fn get(&self, group: &GroupName) -> Result<Found, PeerError> {
        self.registry()?.get(group).await
    }

    async fn reassign(
        &self,
        group: &GroupName,
        to: Option<&GatewayAddr>,
    ) -> Result<Found, PeerError> {
        Directory::reassign(self.registry()?, group, to).await
    }

    async fn drain(&self, gateway: &GatewayAddr) -> Result<(), PeerError> {
        Directory::drain(self.registry()?, gateway).await
    }

    fn ownership(&self, group: &GroupName) -> Ownership {
        let asked = self.registry().map(|registry| registry.ownership(group));
        asked.unwrap_or(Ownership::UNKNOWN)
    }

    fn status(&self) -> RegistryStatus {
        if let Ok(registry) = self.registry() {
            return registry.status();
        }
        let me = self
            .me
            .get()
            .expect("it is introduced before anything is served");
        RegistryStatus {
            gateway: me.clone(),
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
            problem: Some("it starts, and opens its store".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use groupkeeper_types::{Incarnation, RpcAddr};

    use super::*;

    #[tokio::test]
    async fn before_the_registry_nothing_is_known_and_nothing_guessed() {
        let late = LateRegistry::new(ClusterId::new("fleet").unwrap());
        late.introduce(GatewayRecord {
            addr: GatewayAddr::new("gw:1").unwrap(),
            incarnation: Incarnation::new(1),
            rpc: RpcAddr::new("gw:2").unwrap(),
        });
        let group = GroupName::new("group").unwrap();
        assert_eq!(late.look().known("group"), Some(Answer::Unknown));
        assert_eq!(Coordinators::find(&late, &group).await, Answer::Unknown);
        let claimed = late.claim(&group).await;
        assert!(matches!(claimed, Err(NotOwner::NotAvailable { .. })));
        assert!(late.cluster().brokers.is_empty());
        let addr = GatewayAddr::new("gw:1").unwrap();
        for error in [
            Directory::find(&late, &group).await.unwrap_err(),
            Directory::get(&late, &group).await.unwrap_err(),
            late.assign(group).await.unwrap_err(),
            Directory::drain(&late, &addr).await.unwrap_err(),
            LeaderService::drain(&late, addr).await.unwrap_err(),
        ] {
            assert!(matches!(error, PeerError::NotAvailable { .. }), "{error}");
        }
        assert_eq!(
            late.ownership(&GroupName::new("group").unwrap()),
            Ownership::UNKNOWN
        );
        let status = late.status();
        assert_eq!(
            (status.gateway.addr.as_str(), status.fresh),
            ("gw:1", false)
        );
        assert!(status.problem.is_some());
    }
}
