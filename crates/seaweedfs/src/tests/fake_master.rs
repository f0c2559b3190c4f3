use std::sync::{Arc, Mutex};

use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;
use tonic::{Request, Response, Status};

use crate::ServerAddress;
use crate::proto::master_pb::list_cluster_nodes_response::ClusterNode;
use crate::proto::master_pb::raft_list_cluster_servers_response::ClusterServers;
use crate::proto::master_pb::seaweed_server::{Seaweed, SeaweedServer};
use crate::proto::master_pb::*;

/// A master, until it is dropped.
pub(super) struct FakeMaster {
    pub(super) address: ServerAddress,
    state: Arc<Mutex<State>>,
    _server: JoinSet<()>,
}

/// What it says.
#[derive(Clone)]
pub(super) struct State {
    /// The filers that are connected to it, with when each of them connected.
    pub(super) filers: Vec<(String, i64)>,
    /// Who leads the masters; nobody when empty.
    pub(super) leader: String,
    /// How many masters there are.
    pub(super) masters: usize,
    /// It answers nothing.
    pub(super) is_down: bool,
}

struct Served(Arc<Mutex<State>>);

impl Served {
    fn state(&self) -> Result<State, Status> {
        let state = self.0.lock().unwrap().clone();
        if state.is_down {
            return Err(Status::unavailable("it is down"));
        }
        Ok(state)
    }
}

#[tonic::async_trait]
impl Seaweed for Served {
    async fn list_cluster_nodes(
        &self,
        request: Request<ListClusterNodesRequest>,
    ) -> Result<Response<ListClusterNodesResponse>, Status> {
        assert_eq!(request.into_inner().client_type, "filer");
        let node = |(address, created_at_ns)| ClusterNode {
            address,
            created_at_ns,
            ..Default::default()
        };
        let cluster_nodes = self.state()?.filers.into_iter().map(node).collect();
        Ok(Response::new(ListClusterNodesResponse { cluster_nodes }))
    }

    async fn get_master_configuration(
        &self,
        _: Request<GetMasterConfigurationRequest>,
    ) -> Result<Response<GetMasterConfigurationResponse>, Status> {
        let leader = self.state()?.leader;
        Ok(Response::new(GetMasterConfigurationResponse { leader }))
    }

    async fn raft_list_cluster_servers(
        &self,
        _: Request<RaftListClusterServersRequest>,
    ) -> Result<Response<RaftListClusterServersResponse>, Status> {
        let server = |number: usize| ClusterServers {
            id: number.to_string(),
            suffrage: "Voter".to_owned(),
        };
        let cluster_servers = (0..self.state()?.masters).map(server).collect();
        Ok(Response::new(RaftListClusterServersResponse {
            cluster_servers,
        }))
    }
}

impl FakeMaster {
    /// The only master, which lists these filers.
    pub(super) async fn start(filers: impl Iterator<Item = String>) -> Self {
        let (address, listener) = listen().await;
        let state = Arc::new(Mutex::new(State {
            filers: filers.map(|filer| (filer, 1)).collect(),
            leader: address.to_string(),
            masters: 1,
            is_down: false,
        }));
        let service = SeaweedServer::new(Served(Arc::clone(&state)));
        let mut server = JoinSet::new();
        server.spawn(async move {
            let server = Server::builder().add_service(service);
            server
                .serve_with_incoming(TcpListenerStream::new(listener))
                .await
                .unwrap();
        });
        Self {
            address,
            state,
            _server: server,
        }
    }

    pub(super) fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.state.lock().unwrap())
    }
}

/// A listener, and its address with a made-up port for HTTP.
pub(super) async fn listen() -> (ServerAddress, TcpListener) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (
        ServerAddress::new(&format!("127.0.0.1:{port}.{port}")).unwrap(),
        listener,
    )
}
