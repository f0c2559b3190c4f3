//! A leader, or something at its address, that answers what it must not.

use std::net::SocketAddr;

use groupkeeper_registry::peer::{Leave, PeerError};
use groupkeeper_rpc::proto::leader_server::{Leader, LeaderServer};
use groupkeeper_rpc::{DirectoryClient, MAX_ANSWER_BYTES, proto};
use groupkeeper_types::{Epoch, Incarnation};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

use crate::fake_gateway::{gateway, group, heartbeat};
use crate::running::{PATIENCE, assert_unreachable, free, peer, rpc_addr};

/// Answers with whatever it is given.
#[derive(Clone, Default)]
struct Hostile {
    ack: proto::Ack,
    found: proto::Found,
    error: Option<Status>,
}

impl Hostile {
    fn answer<T>(&self, answer: T) -> Result<Response<T>, Status> {
        self.error
            .clone()
            .map_or_else(|| Ok(Response::new(answer)), Err)
    }

    async fn start(self, tasks: &mut JoinSet<()>) -> SocketAddr {
        let listener = TcpListener::bind(free()).await.unwrap();
        let addr = listener.local_addr().unwrap();
        let server = LeaderServer::new(self);
        tasks.spawn(async move {
            let serving = Server::builder().add_service(server);
            serving
                .serve_with_incoming(TcpIncoming::from(listener))
                .await
                .unwrap();
        });
        addr
    }
}

#[tonic::async_trait]
impl Leader for Hostile {
    async fn register(
        &self,
        _: Request<proto::HeartbeatRequest>,
    ) -> Result<Response<proto::Ack>, Status> {
        self.answer(self.ack.clone())
    }

    async fn heartbeat(
        &self,
        _: Request<proto::HeartbeatRequest>,
    ) -> Result<Response<proto::Ack>, Status> {
        self.answer(self.ack.clone())
    }

    async fn deregister(
        &self,
        _: Request<proto::DeregisterRequest>,
    ) -> Result<Response<proto::DeregisterResponse>, Status> {
        self.answer(proto::DeregisterResponse {})
    }

    async fn assign(
        &self,
        _: Request<proto::AssignRequest>,
    ) -> Result<Response<proto::Found>, Status> {
        self.answer(self.found.clone())
    }

    async fn reassign(
        &self,
        _: Request<proto::ReassignRequest>,
    ) -> Result<Response<proto::Found>, Status> {
        self.answer(self.found.clone())
    }

    async fn drain(
        &self,
        _: Request<proto::DrainRequest>,
    ) -> Result<Response<proto::DrainResponse>, Status> {
        self.answer(proto::DrainResponse {})
    }

    async fn resigned(
        &self,
        _: Request<proto::ResignedRequest>,
    ) -> Result<Response<proto::ResignedResponse>, Status> {
        self.answer(proto::ResignedResponse {})
    }
}

fn found(group: &str) -> proto::Found {
    let decision = proto::Decision {
        group: group.into(),
        coordinator: "gw-1:9092".into(),
        stamp: None,
    };
    proto::Found {
        decision: Some(decision),
        as_of: None,
    }
}

#[tokio::test]
async fn an_answer_that_makes_no_sense_is_none() {
    let mut tasks = JoinSet::new();
    let addr = Hostile {
        found: found("payments"),
        ..Hostile::default()
    }
    .start(&mut tasks)
    .await;
    let peer = peer(addr);
    assert_unreachable(
        peer.heartbeat(heartbeat(true)).await,
        "`changes`: it is not set",
    );
    assert_unreachable(peer.heartbeat(heartbeat(false)).await, &addr.to_string());
    // An answer about another group than the one that was asked for.
    assert_unreachable(peer.assign(group("orders")).await, "`group`");
    assert_unreachable(peer.reassign(group("orders"), None).await, "`group`");
    assert!(peer.assign(group("payments")).await.is_ok());
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_none() {
    let mut tasks = JoinSet::new();
    let found = found(&"g".repeat(MAX_ANSWER_BYTES));
    let addr = Hostile {
        found,
        ..Hostile::default()
    }
    .start(&mut tasks)
    .await;
    assert_unreachable(peer(addr).assign(group("orders")).await, "too large");
}

#[tokio::test]
async fn an_error_that_no_gateway_says_is_no_answer() {
    let mut tasks = JoinSet::new();
    for status in [
        Status::unavailable("overloaded"),
        Status::not_found("no such thing"),
        Status::failed_precondition("not the leader"),
        Status::permission_denied("go away"),
        Status::invalid_argument("what?"),
    ] {
        let text = status.message().to_owned();
        let error = Some(status);
        let peer = peer(
            Hostile {
                error,
                ..Hostile::default()
            }
            .start(&mut tasks)
            .await,
        );
        assert_unreachable(peer.heartbeat(heartbeat(true)).await, &text);
        let leave = Leave {
            gateway: gateway("gw-1:9092"),
            incarnation: Incarnation::new(7),
            keep_groups: false,
        };
        assert_unreachable(peer.leave(leave).await, &text);
        assert_unreachable(peer.assign(group("orders")).await, &text);
        assert_unreachable(peer.drain(gateway("gw-1:9092")).await, &text);
        let resigned = groupkeeper_registry::peer::Resigned::silent(Epoch::new(8));
        assert_unreachable(peer.resigned(resigned).await, &text);
    }
}

#[tokio::test]
async fn a_gateway_without_this_service_is_no_answer() {
    let mut tasks = JoinSet::new();
    let addr = Hostile::default().start(&mut tasks).await;
    let directory = DirectoryClient::connect(&rpc_addr(addr), PATIENCE)
        .await
        .unwrap();
    assert_unreachable(directory.find(&group("orders")).await, &addr.to_string());
}

#[tokio::test]
async fn something_else_at_the_address_is_no_answer() {
    let mut tasks = JoinSet::new();
    let listener = TcpListener::bind(free()).await.unwrap();
    let addr = listener.local_addr().unwrap();
    tasks.spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream
                .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                .await
                .unwrap();
            // Whether the other side hangs up properly does not matter here.
            drop(stream.read_to_end(&mut Vec::new()).await);
        }
    });
    assert_unreachable(peer(addr).assign(group("orders")).await, &addr.to_string());
    let error: PeerError = peer(addr).assign(group("orders")).await.unwrap_err();
    assert!(!error.to_string().contains('\n'), "{error}");
}
