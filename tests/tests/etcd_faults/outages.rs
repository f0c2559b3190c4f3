//! Members that die and hang.

use std::time::Duration;

use groupkeeper_assignment_store::WriteError;
use groupkeeper_election::{LockKey, LockOwner, LockRequest, LockService as _};
use groupkeeper_etcd::Etcd;
use groupkeeper_tests::{EtcdCluster, eventually};

use crate::leader::{Leader, listed};
use crate::said;

#[tokio::test(flavor = "multi_thread")]
async fn without_a_majority_nothing_is_answered_and_the_same_commit_is_made_when_it_is_back() {
    let mut cluster = EtcdCluster::start(3).await;
    let etcd = Etcd::new(cluster.config());
    let mut leader = Leader::first(&etcd).await;
    for member in [0, 1] {
        cluster.kill(member).await;
    }
    let commit = leader.prepare(leader.assign_many(200));
    let refused = leader.commit(&commit).await;
    assert!(
        matches!(refused, Err(WriteError::Unavailable { .. })),
        "{refused:?}"
    );
    eventually("it says what must be", async || {
        said(&etcd).await.contains("most").then_some(())
    })
    .await;
    for member in [0, 1] {
        cluster.start_again(member);
    }
    leader.insist(&commit).await;
    assert_eq!(listed(&etcd).await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_dies_or_hangs_stops_neither_store_nor_lock() {
    let mut cluster = EtcdCluster::start(3).await;
    let etcd = Etcd::new(cluster.config());
    let mut leader = Leader::first(&etcd).await;
    let request = LockRequest {
        key: LockKey::new("leader").unwrap(),
        owner: LockOwner::new("gw-1:9092"),
        ttl: Duration::from_secs(300),
    };
    let mut token = etcd.acquire(&request).await.unwrap();
    for number in 0..3 {
        let change = leader.assign(&format!("hangs-{number}"));
        cluster.pause(number);
        let commit = leader.prepare(vec![change]);
        leader.insist(&commit).await;
        token = eventually("the lock is renewed", async || {
            etcd.renew(&request, &token).await.ok()
        })
        .await;
        cluster.resume(number);

        let change = leader.assign(&format!("dies-{number}"));
        eventually("all are there", async || {
            cluster
                .try_ctl_at(&[0, 1, 2], &["endpoint", "health"])
                .await
                .ok()
        })
        .await;
        cluster.kill(number).await;
        let commit = leader.prepare(vec![change]);
        leader.insist(&commit).await;
        token = eventually("the lock is renewed", async || {
            etcd.renew(&request, &token).await.ok()
        })
        .await;
        cluster.start_again(number);
        eventually("all are there", async || {
            cluster
                .try_ctl_at(&[0, 1, 2], &["endpoint", "health"])
                .await
                .ok()
        })
        .await;
    }
    assert_eq!(listed(&etcd).await, 6);
    assert_eq!(etcd.owner(&request.key).await, Ok(Some(request.owner)));
}
