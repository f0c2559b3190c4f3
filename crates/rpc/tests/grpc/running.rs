use std::fmt::Debug;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use groupkeeper_registry::peer::{LeaderService, PeerError, Peers};
use groupkeeper_rpc::{DirectoryClient, GrpcPeers, RpcLimits, RpcServer, RpcTimeouts, ServeError};
use groupkeeper_types::RpcAddr;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tonic::transport::{Channel, Endpoint};

use crate::fake_gateway::FakeGateway;

/// Long enough for anything that works; what does not, fails with it instead of hanging.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A server on a free port. Dropping it cuts everything off.
pub(crate) struct Running {
    pub(crate) gateway: Arc<FakeGateway>,
    pub(crate) addr: SocketAddr,
    shutdown: CancellationToken,
    serving: JoinSet<Result<(), ServeError>>,
}

impl Running {
    pub(crate) fn start() -> Self {
        Self::start_at(free(), RpcLimits::default())
    }

    pub(crate) fn start_at(addr: SocketAddr, limits: RpcLimits) -> Self {
        Self::start_both(addr, |server| server.with_limits(limits))
    }

    pub(crate) fn start_with(change: impl FnOnce(RpcServer) -> RpcServer) -> Self {
        Self::start_both(free(), change)
    }

    fn start_both(addr: SocketAddr, change: impl FnOnce(RpcServer) -> RpcServer) -> Self {
        let gateway = FakeGateway::new();
        let server = RpcServer::bind(addr, gateway.clone(), gateway.clone()).unwrap();
        let server = change(server);
        let addr = server.local_addr();
        let shutdown = CancellationToken::new();
        let mut serving = JoinSet::new();
        serving.spawn(server.serve(shutdown.clone().cancelled_owned()));
        Self {
            gateway,
            addr,
            shutdown,
            serving,
        }
    }

    pub(crate) async fn stop(mut self) {
        self.shutdown.cancel();
        let ended = tokio::time::timeout(PATIENCE, self.serving.join_next()).await;
        ended
            .expect("serve ends in bounded time")
            .unwrap()
            .unwrap()
            .unwrap();
    }

    pub(crate) fn rpc_addr(&self) -> RpcAddr {
        rpc_addr(self.addr)
    }

    pub(crate) fn peer(&self) -> Arc<dyn LeaderService> {
        peer(self.addr)
    }

    pub(crate) async fn directory(&self) -> DirectoryClient {
        DirectoryClient::connect(&self.rpc_addr(), PATIENCE)
            .await
            .unwrap()
    }

    /// For messages that our own types can't hold.
    pub(crate) async fn channel(&self) -> Channel {
        Endpoint::from_shared(format!("http://{}", self.addr))
            .unwrap()
            .connect()
            .await
            .unwrap()
    }
}

/// Port 0 of this machine.
pub(crate) fn free() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

pub(crate) fn rpc_addr(addr: SocketAddr) -> RpcAddr {
    RpcAddr::new(&addr.to_string()).unwrap()
}

/// The gateway at an address, asked with more patience than the test has: a call never ends because
/// its caller gives up.
pub(crate) fn peer(addr: SocketAddr) -> Arc<dyn LeaderService> {
    let longer = PATIENCE * 10;
    let patient = RpcTimeouts {
        connect: longer,
        heartbeat: longer,
        assign: longer,
        reassign: longer,
        leave: longer,
        drain: longer,
        resigned: longer,
        ..RpcTimeouts::default()
    };
    GrpcPeers::new(patient).at(&rpc_addr(addr))
}

/// The gateway at an address, asked as in earnest.
pub(crate) fn hasty_peer(addr: SocketAddr) -> Arc<dyn LeaderService> {
    GrpcPeers::new(RpcTimeouts::default()).at(&rpc_addr(addr))
}

/// The answer is none, and its text has this word.
#[track_caller]
pub(crate) fn assert_unreachable<T: Debug>(answer: Result<T, PeerError>, word: &str) {
    match answer {
        Err(PeerError::Unreachable { why }) if why.contains(word) => {}
        other => panic!("{word:?} was to be unreachable: {other:?}"),
    }
}
