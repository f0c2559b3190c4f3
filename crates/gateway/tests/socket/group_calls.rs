use std::sync::Arc;
use std::time::Duration;

use groupkeeper_gateway::{FixedCoordinators, FixedLease, LimitSettings};
use groupkeeper_registry::NotOwner;
use groupkeeper_types::{Epoch, GatewayAddr, GroupName, Revision, Stamp};

use crate::author::Author;
use crate::client::{Client, api_versions};
use crate::group_frames::{CALLS, JOIN, OFFSET_COMMIT, OFFSET_FETCH, codes, request};
use crate::server::{Server, coordinators};

struct Scene {
    server: Server,
    author: Arc<Author>,
    lease: Arc<FixedLease>,
}

/// `mine` is owned here, `other` elsewhere, and of the rest nobody knows.
fn claims(lease: &Arc<FixedLease>) -> FixedCoordinators {
    let coordinator = Some(GatewayAddr::new("gateway-2:9092").unwrap());
    coordinators()
        .claimed("mine", Ok(lease.clone()))
        .claimed("other", Err(NotOwner::NotCoordinator { coordinator }))
}

/// `leave` calls may end, and with `ends` the lease ends before they are answered.
async fn scene(leave: usize, ends: bool, limits: LimitSettings) -> Scene {
    let lease = FixedLease::new(GroupName::new("mine").unwrap(), 7);
    let mut author = Author::new(leave);
    author.ends = ends.then(|| lease.clone());
    let author = Arc::new(author);
    let server = Server::start_serving(claims(&lease), limits, author.clone()).await;
    Scene {
        server,
        author,
        lease,
    }
}

async fn answer(client: &mut Client, key: i16) -> (i32, Vec<i16>) {
    let answer = client.receive().await.expect("an answer");
    codes(key, answer)
}

#[tokio::test]
async fn each_call_is_handed_over_with_its_token_and_no_other() {
    let scene = scene(CALLS.len(), false, LimitSettings::default()).await;
    let mut client = scene.server.client().await;
    for (id, key) in (0..).zip(CALLS) {
        client.send(&request(key, id, &["mine"])).await;
        // A group that is not there is found out by newer tools.
        let expected = if key == 15 { 69 } else { 0 };
        assert_eq!(
            answer(&mut client, key).await,
            (id, vec![expected]),
            "{key}"
        );
    }
    assert_eq!(scene.author.done(), CALLS.len());
    let token = Stamp::new(Epoch::new(1), Revision::new(7));
    assert_eq!(scene.author.token(), Some(token));
    for key in CALLS {
        let unknown = if key == OFFSET_FETCH { 16 } else { 15 };
        for (group, code) in [("other", 16), ("elsewhere", unknown), ("", 24)] {
            client.send(&request(key, 1, &[group])).await;
            assert_eq!(
                answer(&mut client, key).await,
                (1, vec![code]),
                "{key} {group}"
            );
        }
    }
    assert_eq!(
        scene.author.done(),
        CALLS.len(),
        "the author heard of no other"
    );
}

#[tokio::test]
async fn without_an_author_the_owner_says_15() {
    let lease = FixedLease::new(GroupName::new("mine").unwrap(), 7);
    let server = Server::start(claims(&lease), LimitSettings::default()).await;
    let mut client = server.client().await;
    for key in CALLS {
        let expected = if key == OFFSET_FETCH { 16 } else { 15 };
        client.send(&request(key, 1, &["mine"])).await;
        assert_eq!(answer(&mut client, key).await, (1, vec![expected]), "{key}");
        client.send(&request(key, 1, &["other"])).await;
        assert_eq!(answer(&mut client, key).await, (1, vec![16]), "{key}");
    }
}

#[tokio::test]
async fn each_group_of_a_batch_has_an_error_of_its_own() {
    let scene = scene(10, false, LimitSettings::default()).await;
    let mut client = scene.server.client().await;
    let groups = ["mine", "other", "elsewhere", "", "mine"];
    client.send(&request(15, 1, &groups)).await;
    assert_eq!(answer(&mut client, 15).await, (1, vec![69, 16, 15, 24, 69]));
    client.send(&request(OFFSET_FETCH, 2, &groups)).await;
    assert_eq!(
        answer(&mut client, OFFSET_FETCH).await,
        (2, vec![0, 16, 16, 24, 0])
    );
}

#[tokio::test]
async fn an_answer_that_comes_after_the_lease_is_not_given() {
    for key in CALLS {
        let scene = scene(1, true, LimitSettings::default()).await;
        let mut client = scene.server.client().await;
        client.send(&request(key, 1, &["mine"])).await;
        assert_eq!(answer(&mut client, key).await, (1, vec![16]), "{key}");
        assert_eq!(scene.author.done(), 1);
    }
}

#[tokio::test]
async fn a_call_that_waits_ends_with_its_lease() {
    let scene = scene(0, false, LimitSettings::default()).await;
    let mut client = scene.server.client().await;
    client.send(&request(JOIN, 1, &["mine"])).await;
    scene.author.until_running(1).await;
    scene.lease.end();
    assert_eq!(answer(&mut client, JOIN).await, (1, vec![16]));
    scene.author.until_running(0).await;
    assert_eq!(scene.author.done(), 0);
}

#[tokio::test]
async fn a_member_that_is_gone_waits_no_more_and_a_commit_goes_on() {
    let scene = scene(0, false, LimitSettings::default()).await;
    let mut client = scene.server.client().await;
    client.send(&request(JOIN, 1, &["mine"])).await;
    scene.author.until_running(1).await;
    drop(client);
    scene.author.until_running(0).await;

    let mut client = scene.server.client().await;
    client.send(&request(OFFSET_COMMIT, 1, &["mine"])).await;
    scene.author.until_running(1).await;
    drop(client);
    // Long enough for the listener to have noticed, if it looked.
    tokio::time::sleep(Duration::from_millis(50)).await;
    scene.author.leave.add_permits(1);
    scene.author.until_running(0).await;
    assert_eq!(scene.author.done(), 1);
}

#[tokio::test]
async fn what_is_sent_meanwhile_is_answered_in_its_order() {
    let scene = scene(0, false, LimitSettings::default()).await;
    let mut client = scene.server.client().await;
    client
        .send(&[api_versions(1), request(JOIN, 2, &["mine"])].concat())
        .await;
    let (id, _) = client
        .receive_as::<kafka_protocol::messages::ApiVersionsResponse>(4)
        .await;
    assert_eq!(id, 1, "what is ready does not wait");
    scene.author.until_running(1).await;
    // More than is kept of it while the first one waits.
    let many: Vec<u8> = (3..2000)
        .flat_map(|id| request(12, id, &["elsewhere"]))
        .collect();
    let (mut read, mut write) = client.0.into_split();
    let sending = async {
        tokio::io::AsyncWriteExt::write_all(&mut write, &many)
            .await
            .unwrap()
    };
    let receiving = async {
        scene.author.leave.add_permits(1);
        for id in 2..2000 {
            let length = tokio::io::AsyncReadExt::read_u32(&mut read).await.unwrap();
            let mut bytes = vec![0; usize::try_from(length).unwrap()];
            tokio::io::AsyncReadExt::read_exact(&mut read, &mut bytes)
                .await
                .unwrap();
            let key = if id == 2 { JOIN } else { 12 };
            let code = if id == 2 { 0 } else { 15 };
            assert_eq!(codes(key, bytes.into()), (id, vec![code]));
        }
    };
    tokio::time::timeout(crate::client::PATIENCE, async {
        tokio::join!(sending, receiving)
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn every_wait_is_bounded() {
    let limits = LimitSettings {
        lookup_within: Duration::from_millis(10),
        group_call_within: Duration::from_millis(10),
        rebalance_within: Duration::from_millis(100),
        ..LimitSettings::default()
    };
    let scene = scene(0, false, limits).await;
    let mut client = scene.server.client().await;
    for key in CALLS {
        client.send(&request(key, 1, &["mine"])).await;
        let expected = if key == OFFSET_FETCH { 16 } else { 15 };
        assert_eq!(answer(&mut client, key).await, (1, vec![expected]), "{key}");
    }
    scene.author.until_running(0).await;
}

#[tokio::test]
async fn one_call_too_many_is_refused_at_once() {
    let limits = LimitSettings {
        group_calls: 1,
        ..LimitSettings::default()
    };
    let scene = scene(0, false, limits).await;
    let (mut first, mut second) = (scene.server.client().await, scene.server.client().await);
    first.send(&request(JOIN, 1, &["mine"])).await;
    scene.author.until_running(1).await;
    second.send(&request(12, 2, &["mine"])).await;
    assert_eq!(answer(&mut second, 12).await, (2, vec![15]));
    scene.author.leave.add_permits(2);
    assert_eq!(answer(&mut first, JOIN).await, (1, vec![0]));
    second.send(&request(12, 3, &["mine"])).await;
    assert_eq!(answer(&mut second, 12).await, (3, vec![0]));
}

#[tokio::test]
async fn who_waits_when_the_listener_stops_is_told() {
    let mut scene = scene(0, false, LimitSettings::default()).await;
    let mut client = scene.server.client().await;
    client.send(&request(JOIN, 1, &["mine"])).await;
    scene.author.until_running(1).await;
    scene.server.stop();
    assert_eq!(answer(&mut client, JOIN).await, (1, vec![15]));
    client.closed().await;
    scene.server.stopped().await;
}
