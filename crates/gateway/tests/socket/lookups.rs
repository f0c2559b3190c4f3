use std::time::Duration;

use groupkeeper_gateway::LimitSettings;

use crate::client::find;
use crate::server::{Server, at, coordinators};

const NEVER: Duration = Duration::MAX;

async fn until_finding(server: &Server, count: usize) {
    while server.coordinators.finding() != count {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn what_is_not_found_in_time_is_unknown_and_the_rest_is_answered() {
    let coordinators =
        coordinators()
            .found("never", NEVER, at(2))
            .found("soon", Duration::from_millis(1), at(3));
    let lookup_within = Duration::from_millis(300);
    let limits = LimitSettings {
        lookup_within,
        ..LimitSettings::default()
    };
    let server = Server::start(coordinators, limits).await;
    let mut client = server.client().await;
    client
        .send(&find(1, &["never", "soon", "known", "never", ""]))
        .await;
    let places = vec![(15, -1), (0, 3), (0, 1), (15, -1), (24, -1)];
    assert_eq!(client.found().await, (1, places));
    assert_eq!(server.coordinators.finding(), 0);
    assert!(client.is_answered().await);
}

#[tokio::test]
async fn the_groups_of_one_request_are_looked_for_together_but_not_all_at_once() {
    let groups: Vec<String> = (0..50).map(|n| format!("g{n}")).collect();
    let soon = Duration::from_millis(2);
    let coordinators = groups
        .iter()
        .fold(coordinators(), |c, g| c.found(g, soon, at(2)));
    let limits = LimitSettings {
        lookups_per_request: 8,
        ..LimitSettings::default()
    };
    let server = Server::start(coordinators, limits).await;
    let mut client = server.client().await;
    let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
    client.send(&find(1, &groups)).await;
    assert_eq!(client.found().await, (1, vec![(0, 2); 50]));
    assert_eq!(server.coordinators.most_finding(), 8);
}

#[tokio::test]
async fn one_lookup_too_many_is_answered_unknown_at_once() {
    let lookup_within = Duration::from_secs(60);
    let limits = LimitSettings {
        lookups: 1,
        lookup_within,
        ..LimitSettings::default()
    };
    let server = Server::start(coordinators().found("never", NEVER, at(2)), limits).await;
    let (mut first, mut second) = (server.client().await, server.client().await);
    first.send(&find(1, &["never"])).await;
    until_finding(&server, 1).await;
    second.send(&find(2, &["known", "never"])).await;
    assert_eq!(second.found().await, (2, vec![(0, 1), (15, -1)]));
    assert!(second.is_answered().await);
}
