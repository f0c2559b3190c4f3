use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;
use tonic::{Request, Response, Status};

use crate::ServerAddress;
use crate::proto::master_pb::list_cluster_nodes_response::ClusterNode;
use crate::proto::master_pb::seaweed_server::{Seaweed, SeaweedServer};
use crate::proto::master_pb::{ListClusterNodesRequest, ListClusterNodesResponse};

/// A master that names these filers, until it is dropped.
pub(super) struct FakeMaster {
    pub(super) address: ServerAddress,
    _server: JoinSet<()>,
}

struct Names(Vec<String>);

#[tonic::async_trait]
impl Seaweed for Names {
    async fn list_cluster_nodes(
        &self,
        request: Request<ListClusterNodesRequest>,
    ) -> Result<Response<ListClusterNodesResponse>, Status> {
        assert_eq!(request.into_inner().client_type, "filer");
        let node = |address: &String| ClusterNode {
            address: address.clone(),
            ..Default::default()
        };
        let cluster_nodes = self.0.iter().map(node).collect();
        Ok(Response::new(ListClusterNodesResponse { cluster_nodes }))
    }
}

impl FakeMaster {
    pub(super) async fn start(filers: impl Iterator<Item = String>) -> Self {
        let (address, listener) = listen().await;
        let service = SeaweedServer::new(Names(filers.collect()));
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
            _server: server,
        }
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
