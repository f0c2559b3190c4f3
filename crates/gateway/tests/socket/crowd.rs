use std::sync::Arc;

use groupkeeper_gateway::{Answer, LimitSettings};

use crate::client::{Client, find};
use crate::log::Log;
use crate::server::{Server, coordinators};

#[tokio::test]
async fn the_newest_connection_is_refused_and_a_free_place_is_taken_again() {
    let log = Log::start();
    let limits = LimitSettings {
        connections: 2,
        ..LimitSettings::default()
    };
    let server = Server::start(coordinators(), limits).await;
    let (mut first, mut second) = (server.client().await, server.client().await);
    assert!(first.is_answered().await && second.is_answered().await);
    for _ in 0..20 {
        server.client().await.closed().await;
    }
    let lines = log.wait().await;
    assert!(
        lines.len() < 20 && lines[0].contains("too many connections"),
        "{lines:?}"
    );
    assert!(first.is_answered().await && second.is_answered().await);
    drop(second);
    // The listener may see the new client before it sees that the old one left.
    loop {
        let mut next = server.client().await;
        next.send(&find(77, &["known"])).await;
        if next.receive().await.is_some() {
            break;
        }
    }
}

/// A frame of 64 KiB: one name of 30,000 bytes, twice, and a short one that fills the rest.
fn large_frame() -> Vec<u8> {
    let long = "x".repeat(30_000);
    let rest = "y".repeat((64 << 10) - 60_000 - 22);
    let frame = find(1, &[&long, &long, &rest]);
    assert_eq!(frame.len(), (64 << 10) + 4);
    frame
}

#[tokio::test]
async fn large_requests_share_a_bound_that_small_ones_do_not_feel() {
    let log = Log::start();
    let (frame_bytes, large_frames_bytes) = (64 << 10, 64 << 10);
    let limits = LimitSettings {
        frame_bytes,
        large_frames_bytes,
        ..LimitSettings::default()
    };
    let server = Server::start(coordinators(), limits).await;
    let frame = large_frame();
    let mut good = server.client().await;
    assert!(good.is_answered().await);

    let mut first = server.client().await;
    first.send(&frame[..20]).await;
    let mut second = loop {
        // Only when the first one's length has been read is there no room for another.
        let mut second = server.client().await;
        second.send(&frame[..20]).await;
        if let Ok(lines) =
            tokio::time::timeout(std::time::Duration::from_millis(200), log.wait()).await
        {
            assert!(lines[0].contains("large_frames_bytes"), "{lines:?}");
            break second;
        }
        drop(first);
        first = second;
    };
    second.closed().await;
    assert!(good.is_answered().await);
    first.send(&frame[20..]).await;
    assert_eq!(first.found().await.1.len(), 3);
    // Its room is free again, for itself too.
    first.send(&frame).await;
    assert_eq!(first.found().await.1.len(), 3);
    let mut third = server.client().await;
    third.send(&frame).await;
    assert_eq!(third.found().await.1.len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_clients_polling_an_unknown_group_are_all_answered() {
    let coordinators = coordinators().known("polled", Answer::Unknown);
    let server = Arc::new(Server::start(coordinators, LimitSettings::default()).await);
    let mut clients = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let server = server.clone();
        clients.spawn(async move {
            let mut client = Client::connect(server.addr).await;
            for id in 0..100 {
                client.send(&find(id, &["polled"])).await;
                assert_eq!(client.found().await, (id, vec![(15, -1)]));
            }
        });
    }
    while let Some(client) = clients.join_next().await {
        client.unwrap();
    }
}
