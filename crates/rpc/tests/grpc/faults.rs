//! Gateways that are gone, silent, restarted or cut off.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use groupkeeper_registry::peer::{Ack, LeaderService, PeerError};
use groupkeeper_rpc::{DirectoryClient, RpcLimits, RpcServer};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::fake_gateway::{HANGS, ack, found, group, heartbeat};
use crate::running::{PATIENCE, Running, assert_unreachable, free, hasty_peer, rpc_addr};

#[tokio::test]
async fn nobody_at_an_address_is_unreachable_and_named() {
    let addr = TcpListener::bind(free()).unwrap().local_addr().unwrap();
    let peer = hasty_peer(addr);
    let answer = tokio::time::timeout(PATIENCE, peer.heartbeat(heartbeat(false)))
        .await
        .unwrap();
    assert_unreachable(answer, &addr.to_string());
    let error = DirectoryClient::connect(&rpc_addr(addr), PATIENCE)
        .await
        .unwrap_err();
    assert_eq!(error.addr(), &rpc_addr(addr));
    let text = error.to_string();
    assert!(
        text.contains(&addr.to_string()) && text.contains("refused"),
        "{text}"
    );
}

#[tokio::test]
async fn one_that_never_answers_is_unreachable() {
    // The system takes the connection, and nobody ever reads from it.
    let listener = TcpListener::bind(free()).unwrap();
    let addr = listener.local_addr().unwrap();
    let peer = hasty_peer(addr);
    let answer = tokio::time::timeout(PATIENCE, peer.heartbeat(heartbeat(false)))
        .await
        .unwrap();
    assert_unreachable(answer, &addr.to_string());
}

#[tokio::test]
async fn a_restarted_gateway_is_found_again() {
    let running = Running::start();
    let addr = running.addr;
    let peer = hasty_peer(addr);
    assert_eq!(until_answered(&peer).await, ack());
    running.stop().await;
    assert_unreachable(peer.heartbeat(heartbeat(false)).await, &addr.to_string());
    let again = Running::start_at(addr, RpcLimits::default());
    assert_eq!(until_answered(&peer).await, ack());
    again.stop().await;
}

#[tokio::test]
async fn after_a_partition_the_gateway_is_reached_again() {
    let running = Running::start();
    let mut network = JoinSet::new();
    let listener = tokio::net::TcpListener::bind(free()).await.unwrap();
    let peer = hasty_peer(listener.local_addr().unwrap());
    let cable = CancellationToken::new();
    let target = running.addr;
    let cut = cable.clone();
    // What was open when the network was cut stays open and carries nothing, for ever.
    network.spawn(async move {
        let mut open = JoinSet::new();
        loop {
            let (near, _) = listener.accept().await.unwrap();
            let far = TcpStream::connect(target).await.unwrap();
            let cut = if cut.is_cancelled() {
                CancellationToken::new()
            } else {
                cut.clone()
            };
            open.spawn(async move {
                let (mut near, mut far) = (near, far);
                cut.run_until_cancelled(tokio::io::copy_bidirectional(&mut near, &mut far))
                    .await;
                std::future::pending::<()>().await;
            });
        }
    });
    assert_eq!(until_answered(&peer).await, ack());
    cable.cancel();
    assert_eq!(until_answered(&peer).await, ack());
    running.stop().await;
}

#[tokio::test]
async fn an_idle_connection_stays_and_a_silent_one_is_closed() {
    let limits = RpcLimits {
        keepalive: Duration::from_millis(100),
        silence: Duration::from_millis(1_000),
        ..RpcLimits::default()
    };
    let running = Running::start_at(free(), limits);
    // It has nothing to say, but answers the server's pings.
    let mut idle = HealthClient::new(running.channel().await);
    let mut watch = idle
        .watch(HealthCheckRequest::default())
        .await
        .unwrap()
        .into_inner();
    watch.message().await.unwrap().unwrap();
    let mut silent = TcpStream::connect(running.addr).await.unwrap();
    let mut greeting = Vec::new();
    let closed = tokio::time::timeout(PATIENCE, silent.read_to_end(&mut greeting)).await;
    drop(closed.expect("a silent connection is closed"));
    // The watch was quiet for longer than that, and still hears the server's last word.
    let (last, ()) = tokio::join!(watch.message(), running.stop());
    assert_eq!(last.unwrap().unwrap().status(), ServingStatus::NotServing);
}

#[tokio::test]
async fn a_call_ends_at_the_servers_limit_whatever_its_caller_says() {
    let limits = RpcLimits {
        call: Duration::from_millis(50),
        ..RpcLimits::default()
    };
    let running = Running::start_at(free(), limits);
    let peer = running.peer();
    let answer = tokio::time::timeout(PATIENCE, peer.assign(group(HANGS))).await;
    assert_unreachable(answer.expect("the server ends it"), "");
    running.gateway.until_no_call_hangs().await;
    running.stop().await;
}

#[tokio::test]
async fn stopping_does_not_wait_for_calls_that_hang() {
    let limits = RpcLimits {
        stop: Duration::from_millis(50),
        call: PATIENCE * 10,
        ..RpcLimits::default()
    };
    let running = Running::start_at(free(), limits);
    let (gateway, addr) = (running.gateway.clone(), running.addr);
    let mut calls = JoinSet::new();
    let peer = running.peer();
    calls.spawn(async move { peer.assign(group(HANGS)).await });
    gateway.until_a_call_hangs().await;
    let mut idle = TcpStream::connect(addr).await.unwrap();
    running.stop().await;
    // The call itself was dropped, so nothing of it runs on.
    gateway.until_no_call_hangs().await;
    let ended = tokio::time::timeout(PATIENCE, calls.join_next())
        .await
        .unwrap();
    assert_unreachable(ended.unwrap().unwrap(), &addr.to_string());
    let mut rest = Vec::new();
    drop(
        tokio::time::timeout(PATIENCE, idle.read_to_end(&mut rest))
            .await
            .unwrap(),
    );
    drop(TcpListener::bind(addr).expect("the port is free again"));
}

#[tokio::test]
async fn dropping_a_server_cuts_its_connections_off() {
    let running = Running::start();
    let (gateway, addr, peer) = (running.gateway.clone(), running.addr, running.peer());
    let mut calls = JoinSet::new();
    calls.spawn(async move { peer.assign(group(HANGS)).await });
    gateway.until_a_call_hangs().await;
    drop(running);
    let ended = tokio::time::timeout(PATIENCE, calls.join_next())
        .await
        .unwrap();
    assert_unreachable(ended.unwrap().unwrap(), &addr.to_string());
    gateway.until_no_call_hangs().await;
}

/// Asks until there is an answer.
async fn until_answered(peer: &Arc<dyn LeaderService>) -> Ack {
    let asking = async {
        loop {
            match peer.heartbeat(heartbeat(false)).await {
                Ok(ack) => break ack,
                Err(PeerError::Unreachable { .. }) => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                Err(error) => panic!("{error}"),
            }
        }
    };
    tokio::time::timeout(PATIENCE, asking)
        .await
        .expect("it answers in the end")
}

#[tokio::test]
async fn a_port_in_use_is_told() {
    let running = Running::start();
    let gateway = running.gateway.clone();
    let error =
        RpcServer::bind(running.addr, gateway.clone(), gateway).expect_err("the port is taken");
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
    assert!(
        error.to_string().contains(&running.addr.to_string()),
        "{error}"
    );
    assert_eq!(
        running.peer().assign(group("g")).await,
        Ok(found(&group("g"), None))
    );
    running.stop().await;
}
