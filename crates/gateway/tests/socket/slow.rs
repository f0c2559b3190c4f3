use std::time::Duration;

use groupkeeper_gateway::{FixedCoordinators, LimitSettings};

use crate::client::{PATIENCE, find, metadata};
use crate::log::Log;
use crate::server::{Server, coordinators, fleet};

const SHORT: Duration = Duration::from_millis(200);

#[tokio::test]
async fn a_request_that_trickles_in_closes_its_connection() {
    let log = Log::start();
    let limits = LimitSettings {
        frame_within: SHORT,
        ..LimitSettings::default()
    };
    let server = Server::start(coordinators(), limits).await;
    let mut good = server.client().await;
    assert!(good.is_answered().await);
    let mut slow = server.client().await;
    assert!(slow.is_answered().await);
    // A byte now and then does not buy time, since the whole request is due.
    let request = find(1, &[&"x".repeat(5000)]);
    let mut bytes = request.iter();
    while log.take().is_empty() {
        let byte = bytes.next().expect("closed long before its end");
        // The listener may have closed it meanwhile.
        _ = slow.0.try_write(&[*byte]);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // Between its requests a client may be silent for longer than that.
    assert!(good.is_answered().await);
}

#[tokio::test]
async fn a_connection_that_never_says_anything_is_closed() {
    let log = Log::start();
    let limits = LimitSettings {
        frame_within: SHORT,
        ..LimitSettings::default()
    };
    let server = Server::start(coordinators(), limits).await;
    server.client().await.closed().await;
    let lines = log.wait().await;
    assert!(
        lines[0].contains("did not arrive whole within 200ms"),
        "{lines:?}"
    );
}

#[tokio::test]
async fn an_idle_connection_is_closed_without_a_warning() {
    let log = Log::start();
    let limits = LimitSettings {
        idle: Duration::from_secs(1),
        ..LimitSettings::default()
    };
    let server = Server::start(coordinators(), limits).await;
    let mut client = server.client().await;
    assert!(client.is_answered().await);
    client.closed().await;
    assert_eq!(log.take(), Vec::<String>::new());
}

#[tokio::test]
async fn a_client_that_does_not_read_is_closed() {
    let log = Log::start();
    let limits = LimitSettings {
        write_within: SHORT,
        ..LimitSettings::default()
    };
    let coordinators = FixedCoordinators::new(fleet(5000));
    let server = Server::start(coordinators, limits).await;
    let mut deaf = server.client().await;
    // Far more answers than the sockets' buffers hold: 200 KB each.
    let requests: Vec<u8> = (0..1000).flat_map(metadata).collect();
    deaf.send(&requests).await;
    let lines = tokio::time::timeout(PATIENCE, log.wait()).await.unwrap();
    assert!(lines[0].contains("did not take its answers"), "{lines:?}");
}
