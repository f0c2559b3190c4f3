use std::time::Duration;

use groupkeeper_gateway::{Answer, LimitSettings};
use kafka_protocol::messages::{ApiVersionsResponse, MetadataResponse};

use crate::client::{api_versions, find, metadata};
use crate::server::{Server, at, coordinators};

#[tokio::test]
async fn a_client_learns_versions_then_the_fleet_then_its_coordinator() {
    let coordinators = coordinators().known("nowhere", Answer::Unknown).found(
        "asked",
        Duration::from_millis(1),
        at(2),
    );
    let server = Server::start(coordinators, LimitSettings::default()).await;
    let mut client = server.client().await;
    client.send(&api_versions(1)).await;
    let (id, versions) = client.receive_as::<ApiVersionsResponse>(4).await;
    assert_eq!(
        (id, versions.error_code, versions.api_keys.len()),
        (1, 0, 14)
    );
    client.send(&metadata(2)).await;
    let (id, fleet) = client.receive_as::<MetadataResponse>(12).await;
    assert_eq!((id, fleet.brokers.len(), fleet.controller_id.0), (2, 3, 1));
    client
        .send(&find(
            3,
            &["known", "nowhere", "", "asked", "nobody named it"],
        ))
        .await;
    let places = vec![(0, 1), (15, -1), (24, -1), (0, 2), (15, -1)];
    assert_eq!(client.found().await, (3, places));
}

#[tokio::test]
async fn requests_sent_together_are_answered_in_their_order() {
    let coordinators = coordinators().found("slow", Duration::from_millis(20), at(2));
    let limits = LimitSettings {
        pipeline: 7,
        ..LimitSettings::default()
    };
    let server = Server::start(coordinators, limits).await;
    let mut client = server.client().await;
    let group = |id| if id % 400 == 3 { "slow" } else { "known" };
    let requests: Vec<u8> = (0..1000).flat_map(|id| find(id, &[group(id)])).collect();
    client.send(&requests).await;
    for id in 0..1000 {
        let place = if group(id) == "slow" { (0, 2) } else { (0, 1) };
        assert_eq!(client.found().await, (id, vec![place]));
    }
}

#[tokio::test]
async fn what_is_ready_does_not_wait_for_what_is_not() {
    let coordinators = coordinators().found("never", Duration::MAX, at(2));
    let lookup_within = Duration::from_secs(60);
    let limits = LimitSettings {
        lookup_within,
        ..LimitSettings::default()
    };
    let server = Server::start(coordinators, limits).await;
    let mut client = server.client().await;
    client
        .send(&[find(1, &["known"]), find(2, &["never"])].concat())
        .await;
    assert_eq!(client.found().await, (1, vec![(0, 1)]));
}

#[tokio::test]
async fn a_request_may_arrive_byte_by_byte() {
    let server = Server::start(coordinators(), LimitSettings::default()).await;
    let mut client = server.client().await;
    for byte in find(9, &["known"]) {
        client.send(&[byte]).await;
        tokio::task::yield_now().await;
    }
    assert_eq!(client.found().await, (9, vec![(0, 1)]));
}
