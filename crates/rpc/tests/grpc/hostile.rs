//! Whoever sends nonsense hurts nobody else.

use groupkeeper_rpc::proto;
use groupkeeper_rpc::proto::leader_client::LeaderClient;
use groupkeeper_rpc::proto::registry_client::RegistryClient;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tonic::Code;

use crate::fake_gateway::{PANICS, ack, found, group, heartbeat};
use crate::running::{PATIENCE, Running};

#[tokio::test]
async fn garbage_on_the_port_closes_that_connection_alone() {
    let running = Running::start();
    let peer = running.peer();
    assert_eq!(peer.heartbeat(heartbeat(false)).await, Ok(ack()));
    let preface: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    for garbage in [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n".as_slice(),
        &[0xff; 4_096],
        // A frame of 16 MiB, in the place of the settings.
        &[preface, &[0xff; 9]].concat(),
        // Settings of a length that settings can't have.
        &[preface, &[0, 0, 5, 4, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5]].concat(),
    ] {
        let mut stream = TcpStream::connect(running.addr).await.unwrap();
        // It may be closed before all of it is written.
        drop(stream.write_all(garbage).await);
        drop(stream.shutdown().await);
        let mut answer = Vec::new();
        let closed = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
        drop(closed.expect("the connection is closed"));
        assert_eq!(peer.heartbeat(heartbeat(false)).await, Ok(ack()));
    }
    running.stop().await;
}

#[tokio::test]
async fn an_oversized_request_fails_alone() {
    let running = Running::start();
    let mut client = RegistryClient::new(running.channel().await);
    let group_name = "g".repeat(groupkeeper_rpc::MAX_REQUEST_BYTES);
    let status = client
        .find(proto::FindRequest { group: group_name })
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::OutOfRange, "{status}");
    // On the very same connection.
    let answer = client
        .find(proto::FindRequest { group: "g".into() })
        .await
        .unwrap();
    assert_eq!(answer.into_inner().decision.unwrap().group, "g");
    assert_eq!(running.gateway.asked().len(), 1);
    running.stop().await;
}

#[tokio::test]
async fn invalid_requests_are_told_what_is_wrong_and_reach_nobody() {
    let running = Running::start();
    let mut registry = RegistryClient::new(running.channel().await);
    let mut leader = LeaderClient::new(running.channel().await);
    let too_long = "g".repeat(32_768);
    let wildcard = Some("0.0.0.0:9092".to_owned());
    let answers = [
        (
            "group",
            registry.find(proto::FindRequest::default()).await.map(drop),
        ),
        (
            "group",
            registry
                .get(proto::GetRequest {
                    group: too_long.clone(),
                })
                .await
                .map(drop),
        ),
        (
            "group",
            registry
                .reassign(proto::ReassignRequest::default())
                .await
                .map(drop),
        ),
        (
            "to",
            registry
                .reassign(proto::ReassignRequest {
                    group: "g".into(),
                    to: wildcard,
                })
                .await
                .map(drop),
        ),
        (
            "gateway",
            leader
                .register(proto::HeartbeatRequest::default())
                .await
                .map(drop),
        ),
        (
            "gateway",
            leader
                .heartbeat(proto::HeartbeatRequest::default())
                .await
                .map(drop),
        ),
        (
            "gateway",
            registry
                .drain(proto::DrainRequest::default())
                .await
                .map(drop),
        ),
        (
            "gateway",
            leader
                .drain(proto::DrainRequest {
                    gateway: "[::]:1".into(),
                })
                .await
                .map(drop),
        ),
        (
            "gateway",
            leader
                .deregister(proto::DeregisterRequest::default())
                .await
                .map(drop),
        ),
        (
            "group",
            leader
                .assign(proto::AssignRequest { group: too_long })
                .await
                .map(drop),
        ),
        (
            "group",
            leader
                .reassign(proto::ReassignRequest::default())
                .await
                .map(drop),
        ),
    ];
    for (field, answer) in answers {
        let status = answer.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{status}");
        assert!(status.message().contains(&format!("`{field}`")), "{status}");
    }
    assert_eq!(running.gateway.asked(), []);
    running.stop().await;
}

/// `FindRequest` with bytes that are no text.
#[derive(Clone, PartialEq, prost::Message)]
struct FindBytes {
    #[prost(bytes = "vec", tag = "1")]
    group: Vec<u8>,
}

#[tokio::test]
async fn bytes_that_are_no_text_reach_nobody() {
    let running = Running::start();
    let mut client = tonic::client::Grpc::new(running.channel().await);
    for (group, code) in [
        (b"ok".to_vec(), Code::Ok),
        (vec![0xff, 0xfe], Code::Internal),
    ] {
        client.ready().await.unwrap();
        let answer: Result<tonic::Response<proto::Found>, _> = client
            .unary(
                tonic::Request::new(FindBytes { group }),
                "/groupkeeper.v1.Registry/Find".parse().unwrap(),
                tonic_prost::ProstCodec::default(),
            )
            .await;
        assert_eq!(
            answer.map_or_else(|status| status.code(), |_| Code::Ok),
            code
        );
    }
    assert_eq!(running.gateway.asked().len(), 1);
    running.stop().await;
}

#[tokio::test]
async fn a_call_that_panics_fails_alone() {
    let running = Running::start();
    let peer = running.peer();
    let error = peer.assign(group(PANICS)).await.unwrap_err();
    assert!(error.is_retryable(), "{error}");
    assert_eq!(peer.assign(group("g")).await, Ok(found(&group("g"), None)));
    running.stop().await;
}
