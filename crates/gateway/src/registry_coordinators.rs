use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};
use async_trait::async_trait;
use groupkeeper_hashing::node_id;
use groupkeeper_registry::peer::{Directory, MemberList, MemberView};
use groupkeeper_registry::{Fresh, Guard as OwnershipGuard, NotOwner, Registry};
use groupkeeper_types::{GatewayAddr, GroupName, Moment, Stamp};

use crate::{Answer, Broker, Cluster, ClusterId, Coordinators, Lease, Look};

/// A gateway's registry, as Kafka clients see it: brokers are the healthy gateways, the controller
/// is the leader.
#[derive(Debug)]
pub struct RegistryCoordinators {
    registry: Registry,
    cluster_id: ClusterId,
    shown: ArcSwap<Shown>,
}

/// What was shown last, and what it was made of.
#[derive(Debug)]
struct Shown {
    /// The very list that the registry had: it has another one when anything has changed.
    members: Arc<MemberList>,
    leader: Option<GatewayAddr>,
    /// Its brokers are sorted by address, as the members are.
    cluster: Arc<Cluster>,
}

impl RegistryCoordinators {
    /// Shows this registry under the fleet's name.
    pub fn new(registry: Registry, cluster_id: ClusterId) -> Self {
        let nobody = Shown::new(&cluster_id, Arc::default(), None);
        Self {
            registry,
            cluster_id,
            shown: ArcSwap::from_pointee(nobody),
        }
    }

    /// The cluster as of now, made anew only when it has changed.
    fn current(&self) -> Arc<Shown> {
        self.showing(self.registry.member_list())
    }

    /// The cluster with these members.
    fn showing(&self, members: Arc<MemberList>) -> Arc<Shown> {
        let leader = self.registry.leader().map(|leader| leader.addr);
        let shown = self.shown.load_full();
        if Arc::ptr_eq(&shown.members, &members) && shown.leader == leader {
            return shown;
        }
        let shown = Arc::new(Shown::new(&self.cluster_id, members, leader));
        self.shown.store(shown.clone());
        shown
    }

    fn seen<'a>(&self, fresh: Fresh<'a>) -> Seen<'a> {
        let shown = self.shown.load();
        let shown = if Arc::ptr_eq(&shown.members, fresh.members()) {
            shown
        } else {
            Guard::from_inner(self.showing(Arc::clone(fresh.members())))
        };
        Seen { fresh, shown }
    }

    fn answer_at(&self, coordinator: &GatewayAddr) -> Answer {
        let shown = self.shown.load().broker(coordinator);
        let broker = shown.or_else(|| self.current().broker(coordinator));
        // One that is not listed is seldom answered: the store named it while nobody led.
        let unlisted = || Arc::new(Broker::new(node_id(coordinator), coordinator.clone()));
        Answer::At(broker.unwrap_or_else(unlisted))
    }
}

impl Shown {
    fn new(cluster_id: &ClusterId, members: Arc<MemberList>, leader: Option<GatewayAddr>) -> Self {
        let broker = |member: &MemberView| {
            let addr = member.addr.clone();
            Arc::new(Broker::new(node_id(&addr), addr))
        };
        let cluster = Cluster {
            cluster_id: cluster_id.clone(),
            controller: leader.as_ref().map(node_id),
            brokers: members.members.iter().map(broker).collect(),
        };
        Self {
            members,
            leader,
            cluster: Arc::new(cluster),
        }
    }

    fn broker(&self, addr: &GatewayAddr) -> Option<Arc<Broker>> {
        let brokers = &self.cluster.brokers;
        let place = brokers
            .binary_search_by(|broker| broker.addr().cmp(addr))
            .ok()?;
        brokers.get(place).cloned()
    }
}

/// What can be answered at one moment.
struct Seen<'a> {
    fresh: Fresh<'a>,
    /// Made of the very members that are seen as healthy.
    shown: Guard<Arc<Shown>>,
}

/// Nothing at all can be, while only the store can tell.
impl Look for Option<Seen<'_>> {
    fn known(&self, group: &str) -> Option<Answer<&Broker>> {
        let Seen { fresh, shown } = self.as_ref()?;
        let broker = shown.cluster.brokers.get(fresh.place(group)?);
        Some(broker.map_or(Answer::Unknown, |broker| Answer::At(broker)))
    }
}

#[async_trait]
impl Coordinators for RegistryCoordinators {
    fn look(&self) -> Box<dyn Look + '_> {
        let fresh = self.registry.fresh();
        Box::new(fresh.map(|fresh| self.seen(fresh)))
    }

    async fn find(&self, group: &GroupName) -> Answer {
        match Directory::find(&self.registry, group).await {
            Ok(found) => self.answer_at(&found.decision.coordinator),
            Err(error) => {
                tracing::debug!(%group, %error, "nobody can say who coordinates the group");
                Answer::Unknown
            }
        }
    }

    async fn claim(&self, group: &GroupName) -> Result<Arc<dyn Lease>, NotOwner> {
        let guard = self.registry.claim(group).await?;
        Ok(Arc::new(GuardLease(guard)))
    }

    fn cluster(&self) -> Arc<Cluster> {
        self.current().cluster.clone()
    }
}

/// The registry's leave to act, as group calls take it.
#[derive(Debug)]
struct GuardLease(OwnershipGuard);

impl Lease for GuardLease {
    fn group(&self) -> &GroupName {
        self.0.group()
    }

    fn token(&self) -> Stamp {
        self.0.token()
    }

    fn deadline(&self) -> Moment {
        self.0.deadline()
    }

    fn is_valid(&self) -> bool {
        self.0.is_valid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(addr: &str) -> MemberView {
        MemberView {
            addr: GatewayAddr::new(addr).unwrap(),
            joined: true,
            draining: false,
        }
    }

    #[test]
    fn shows_members_as_brokers_and_the_leader_as_controller() {
        let id = ClusterId::new("fleet").unwrap();
        let members = vec![member("a:1"), member("b:1")];
        let leader = members[1].addr.clone();
        let members = Arc::new(MemberList {
            version: 1,
            members,
        });
        let shown = Shown::new(&id, members, Some(leader.clone()));
        let brokers: Vec<_> = shown
            .cluster
            .brokers
            .iter()
            .map(|b| b.addr().as_str())
            .collect();
        assert_eq!(brokers, ["a:1", "b:1"]);
        assert_eq!(shown.cluster.controller, Some(node_id(&leader)));

        let broker = shown.broker(&leader).unwrap();
        assert!(
            Arc::ptr_eq(&broker, &shown.cluster.brokers[1]),
            "a shared one, not a copy"
        );
        assert_eq!(shown.broker(&GatewayAddr::new("c:1").unwrap()), None);
    }

    #[test]
    fn without_members_there_is_no_controller() {
        let shown = Shown::new(&ClusterId::new("fleet").unwrap(), Arc::default(), None);
        assert_eq!(
            (shown.cluster.controller, shown.cluster.brokers.len()),
            (None, 0)
        );
    }
}
