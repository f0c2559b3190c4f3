use std::time::Duration;

use groupkeeper_gateway::LimitSettings;
use tokio::net::TcpStream;

use crate::client::find;
use crate::log::Log;
use crate::server::{Server, at, coordinators};

async fn until_finding(server: &Server) {
    while server.coordinators.finding() == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn answers_under_way_go_out_and_then_everything_closes() {
    let log = Log::start();
    let coordinators = coordinators()
        .found("soon", Duration::from_millis(50), at(2))
        .found("never", Duration::MAX, at(2));
    let limits = LimitSettings {
        lookup_within: Duration::from_secs(60),
        grace: Duration::from_secs(4),
        ..LimitSettings::default()
    };
    let mut server = Server::start(coordinators, limits).await;
    let (mut idle, mut soon, mut never) = (
        server.client().await,
        server.client().await,
        server.client().await,
    );
    assert!(idle.is_answered().await);
    soon.send(&find(1, &["soon"])).await;
    never.send(&find(2, &["known", "never"])).await;
    while server.coordinators.finding() < 2 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    server.stop();
    idle.closed().await;
    assert_eq!(soon.found().await, (1, vec![(0, 2)]));
    soon.closed().await;
    let addr = server.addr;
    assert!(
        TcpStream::connect(addr).await.is_err(),
        "it listens no more"
    );
    assert_eq!(never.found().await, (2, vec![(0, 1), (15, -1)]));
    never.closed().await;
    server.stopped().await;
    assert_eq!(log.take(), Vec::<String>::new());
}

#[tokio::test]
async fn what_outlasts_the_grace_is_cut() {
    let log = Log::start();
    let limits = LimitSettings {
        lookup_within: Duration::from_secs(60),
        grace: Duration::ZERO,
        ..LimitSettings::default()
    };
    let coordinators = coordinators().found("never", Duration::MAX, at(2));
    let mut server = Server::start(coordinators, limits).await;
    let mut client = server.client().await;
    client.send(&find(1, &["never"])).await;
    until_finding(&server).await;
    server.stop();
    server.stopped().await;
    // Either the last moment sufficed to say that it is unknown, or the connection was cut.
    if client.receive().await.is_none() {
        assert!(log.take()[0].contains("within the grace"));
    }
}

#[tokio::test]
async fn dropped_it_closes_everything() {
    let coordinators = coordinators().found("never", Duration::MAX, at(2));
    let mut server = Server::start(coordinators, LimitSettings::default()).await;
    let (mut idle, mut busy) = (server.client().await, server.client().await);
    assert!(idle.is_answered().await);
    busy.send(&find(1, &["never"])).await;
    until_finding(&server).await;
    server.kill().await;
    idle.closed().await;
    busy.closed().await;
    assert_eq!(server.coordinators.finding(), 0);
}
