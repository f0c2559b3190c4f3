use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use async_trait::async_trait;
use groupkeeper_types::{GatewayAddr, GroupName, RpcAddr};

use crate::peer::{Ack, Found, Heartbeat, LeaderService, Leave, PeerError, Peers, Resigned};

/// A network in memory. Links between gateways can be cut, one way or both; a call over a cut link
/// is never answered, as it would be where packets are dropped. Clones are the same network.
#[derive(Debug, Clone, Default)]
pub struct MemoryNetwork(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    nodes: BTreeMap<RpcAddr, Weak<dyn LeaderService>>,
    cut: BTreeSet<(RpcAddr, RpcAddr)>,
    calls: u64,
}

impl MemoryNetwork {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The network as one gateway sees it.
    pub fn seen_from(&self, from: &RpcAddr) -> Arc<dyn Peers> {
        Arc::new(SeenFrom {
            network: self.clone(),
            from: from.clone(),
        })
    }

    /// Lets a gateway answer at an address, as long as somebody holds on to it.
    pub fn plug_in(&self, at: RpcAddr, gateway: &Arc<dyn LeaderService>) {
        self.state().nodes.insert(at, Arc::downgrade(gateway));
    }

    /// Nobody answers at this address any more: calls fail at once, as at a closed port.
    pub fn unplug(&self, at: &RpcAddr) {
        self.state().nodes.remove(at);
    }

    /// Drops what one gateway says to another; what the other asks of it goes through, and its
    /// answers do not.
    pub fn cut(&self, from: &RpcAddr, to: &RpcAddr) {
        self.state().cut.insert((from.clone(), to.clone()));
    }

    /// Mends every cut.
    pub fn heal(&self) {
        self.state().cut.clear();
    }

    /// How many calls have been made.
    pub fn calls(&self) -> u64 {
        self.state().calls
    }
}

#[derive(Debug)]
struct SeenFrom {
    network: MemoryNetwork,
    from: RpcAddr,
}

impl Peers for SeenFrom {
    fn at(&self, addr: &RpcAddr) -> Arc<dyn LeaderService> {
        Arc::new(Link {
            network: self.network.clone(),
            from: self.from.clone(),
            to: addr.clone(),
        })
    }

    fn retain(&self, _: &[RpcAddr]) {}
}

/// One gateway, as another reaches it.
#[derive(Debug)]
pub struct Link {
    network: MemoryNetwork,
    from: RpcAddr,
    to: RpcAddr,
}

impl Link {
    /// The gateway at the other end, if the way there is whole.
    async fn there(&self) -> Result<Arc<dyn LeaderService>, PeerError> {
        self.network.state().calls += 1;
        self.pass(&self.from, &self.to).await;
        let node = self
            .network
            .state()
            .nodes
            .get(&self.to)
            .and_then(Weak::upgrade);
        node.ok_or_else(|| PeerError::unreachable(format!("nobody answers at {}", self.to)))
    }

    async fn back<T>(&self, answer: T) -> T {
        self.pass(&self.to, &self.from).await;
        answer
    }

    async fn pass(&self, from: &RpcAddr, to: &RpcAddr) {
        // A real network takes time, which lets other tasks run in between.
        tokio::time::sleep(Duration::from_micros(100)).await;
        if self
            .network
            .state()
            .cut
            .contains(&(from.clone(), to.clone()))
        {
            std::future::pending::<()>().await;
        }
    }
}

#[async_trait]
impl LeaderService for Link {
    async fn heartbeat(&self, heartbeat: Heartbeat) -> Result<Ack, PeerError> {
        self.back(self.there().await?.heartbeat(heartbeat).await)
            .await
    }

    async fn leave(&self, leave: Leave) -> Result<(), PeerError> {
        self.back(self.there().await?.leave(leave).await).await
    }

    async fn assign(&self, group: GroupName) -> Result<Found, PeerError> {
        self.back(self.there().await?.assign(group).await).await
    }

    async fn reassign(
        &self,
        group: GroupName,
        to: Option<GatewayAddr>,
    ) -> Result<Found, PeerError> {
        self.back(self.there().await?.reassign(group, to).await)
            .await
    }

    async fn drain(&self, gateway: GatewayAddr) -> Result<(), PeerError> {
        self.back(self.there().await?.drain(gateway).await).await
    }

    async fn resigned(&self, resigned: Resigned) -> Result<(), PeerError> {
        self.back(self.there().await?.resigned(resigned).await)
            .await
    }
}
