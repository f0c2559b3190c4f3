use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use groupkeeper_registry::peer::{LeaderService, Peers};
use groupkeeper_types::RpcAddr;

use super::connect::{Connect, Connector};
use super::grpc_peer::GrpcPeer;
use super::timeouts::RpcTimeouts;

/// The most gateways whose connections are kept at once. Beyond it the one asked for the longest
/// time ago is forgotten, and connected to again when it is asked for.
const MAX_PEERS: usize = 4_096;

/// The other gateways over gRPC: one connection for each address, made when it is first used.
///
/// Calls must be made inside a tokio runtime; a connection lives on the one of its first call.
#[derive(Debug)]
pub struct GrpcPeers {
    timeouts: RpcTimeouts,
    connector: Connector,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    peers: BTreeMap<RpcAddr, Entry>,
    uses: u64,
}

#[derive(Debug)]
struct Entry {
    peer: Arc<GrpcPeer>,
    last_use: u64,
}

impl GrpcPeers {
    /// Nobody yet.
    pub fn new(timeouts: RpcTimeouts) -> Self {
        Self {
            timeouts,
            connector: Connector::default(),
            kept: Mutex::default(),
        }
    }

    /// The same, connected to by other means than TCP.
    #[must_use]
    pub fn with_connect(self, connect: Arc<dyn Connect>) -> Self {
        let connector = Connector::new(connect);
        Self { connector, ..self }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Nothing under this lock leaves the map half changed when it panics.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn at(
        &mut self,
        addr: &RpcAddr,
        timeouts: RpcTimeouts,
        connector: &Connector,
    ) -> Arc<GrpcPeer> {
        self.uses += 1;
        if let Some(entry) = self.peers.get_mut(addr) {
            entry.last_use = self.uses;
            return Arc::clone(&entry.peer);
        }
        if self.peers.len() >= MAX_PEERS {
            let oldest = self.peers.iter().min_by_key(|(_, entry)| entry.last_use);
            if let Some(oldest) = oldest.map(|(addr, _)| addr.clone()) {
                self.peers.remove(&oldest);
            }
        }
        let peer = Arc::new(GrpcPeer::new(addr.clone(), timeouts, connector.clone()));
        let entry = Entry {
            peer: Arc::clone(&peer),
            last_use: self.uses,
        };
        self.peers.insert(addr.clone(), entry);
        peer
    }
}

impl Peers for GrpcPeers {
    fn at(&self, addr: &RpcAddr) -> Arc<dyn LeaderService> {
        self.kept().at(addr, self.timeouts, &self.connector)
    }

    /// Calls that are under way on a forgotten connection still end as they would have.
    fn retain(&self, known: &[RpcAddr]) {
        let known: BTreeSet<&RpcAddr> = known.iter().collect();
        self.kept().peers.retain(|addr, _| known.contains(addr));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addr(port: usize) -> RpcAddr {
        RpcAddr::new(&format!("gw:{port}")).unwrap()
    }

    #[test]
    fn keeps_one_for_an_address_until_it_is_forgotten() {
        let peers = GrpcPeers::new(RpcTimeouts::default());
        let (one, two) = (peers.at(&addr(1)), peers.at(&addr(2)));
        assert!(Arc::ptr_eq(&one, &peers.at(&addr(1))));
        peers.retain(&[addr(2), addr(3)]);
        assert!(Arc::ptr_eq(&two, &peers.at(&addr(2))));
        assert!(!Arc::ptr_eq(&one, &peers.at(&addr(1))));
    }

    #[test]
    fn forgets_the_one_not_used_for_longest_when_there_are_too_many() {
        let peers = GrpcPeers::new(RpcTimeouts::default());
        let first = peers.at(&addr(1));
        let second = peers.at(&addr(2));
        for port in 3..=MAX_PEERS {
            peers.at(&addr(port));
        }
        assert!(Arc::ptr_eq(&first, &peers.at(&addr(1))));
        peers.at(&addr(MAX_PEERS + 1));
        assert_eq!(peers.kept().peers.len(), MAX_PEERS);
        assert!(Arc::ptr_eq(&first, &peers.at(&addr(1))));
        assert!(!Arc::ptr_eq(&second, &peers.at(&addr(2))));
    }
}
