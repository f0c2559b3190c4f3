//! What etcd limits: operations, bytes, room and revisions.

use futures_util::StreamExt as _;
use groupkeeper_assignment_store::{AssignmentStore as _, Change, ReadError, WriteError};
use groupkeeper_etcd::Etcd;
use groupkeeper_tests::{EtcdCluster, etcd_binaries};
use groupkeeper_types::GroupName;

use crate::leader::{Leader, listed};

async fn with(options: &[&str]) -> EtcdCluster {
    EtcdCluster::start_with(&etcd_binaries()[0], 1, options).await
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_operations_are_several_transactions() {
    let cluster = with(&["--max-txn-ops=16"]).await;
    let etcd = Etcd::new(cluster.config());
    let mut leader = Leader::first(&etcd).await;
    for _ in 0..2 {
        let commit = leader.prepare(leader.assign_many(300));
        leader.commit(&commit).await.unwrap();
        assert_eq!(leader.etcd.commit(&commit).await, Ok(()), "repeated");
    }
    assert_eq!(listed(&etcd).await, 300);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_needs_more_operations_than_etcd_takes_is_told_with_the_cure() {
    let cluster = with(&["--max-txn-ops=1"]).await;
    let etcd = Etcd::new(cluster.config());
    let mut leader = Leader::first(&etcd).await;
    let commit = leader.prepare(leader.assign_many(3));
    leader.commit(&commit).await.unwrap();
    etcd.write_raw(b"groupkeeper/fleet/groups/torn", b"{")
        .await
        .unwrap();
    let aside = leader.prepare(vec![
        leader.assign("other"),
        Change::SetAside("torn".to_owned()),
    ]);
    let refused = leader.commit(&aside).await;
    let Err(WriteError::Unsupported { why }) = refused else {
        panic!("{refused:?}");
    };
    assert!(why.contains("--max-txn-ops"), "{why}");
    let other = etcd.load(&GroupName::new("other").unwrap()).await;
    assert_eq!(other, Ok(None), "nothing of it was done");
    let commit = leader.prepare(leader.assign_many(5));
    leader.commit(&commit).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_too_large_is_several_and_one_that_can_t_be_is_told_with_the_cure() {
    let cluster = with(&["--max-request-bytes=20000"]).await;
    let etcd = Etcd::new(cluster.config());
    let mut leader = Leader::first(&etcd).await;
    let commit = leader.prepare(leader.assign_many(1_000));
    leader.commit(&commit).await.unwrap();
    assert_eq!(listed(&etcd).await, 1_000);

    let long = "x".repeat(GroupName::MAX_BYTES);
    let mut changes = leader.assign_many(400);
    changes.push(leader.assign(&long));
    changes.push(leader.assign("last"));
    let commit = leader.prepare(changes);
    let refused = leader.commit(&commit).await;
    let Err(WriteError::Unsupported { why }) = refused else {
        panic!("{refused:?}");
    };
    assert!(why.contains("--max-request-bytes"), "{why}");
    assert_eq!(etcd.record().await.unwrap(), Some(leader.record.clone()));
    let group = etcd.load(&GroupName::new("group-1").unwrap()).await;
    let stamp = group.unwrap().unwrap().stamp;
    assert_eq!(stamp, leader.record.stamp(), "nothing of it was done");
    let commit = leader.prepare(vec![leader.assign("last")]);
    leader.commit(&commit).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_quota_is_told_with_the_cure_and_the_same_commit_is_made_afterwards() {
    let cluster = with(&["--quota-backend-bytes=4194304"]).await;
    let etcd = Etcd::new(cluster.config());
    let mut leader = Leader::first(&etcd).await;
    cluster.fill().await;
    let commit = leader.prepare(leader.assign_many(3));
    let refused = leader.commit(&commit).await;
    let Err(WriteError::Unavailable { why }) = refused else {
        panic!("{refused:?}");
    };
    assert!(
        why.contains("quota") && why.contains("alarm disarm"),
        "{why}"
    );
    // What is there is read.
    assert_eq!(etcd.verify(&leader.record).await, Ok(()));
    cluster.make_room().await;
    leader.commit(&commit).await.unwrap();
    assert_eq!(listed(&etcd).await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listing_is_of_one_revision_and_compaction_ends_it_with_the_cure() {
    let cluster = with(&[]).await;
    let mut config = cluster.config();
    config.page_size = 2;
    let etcd = Etcd::new(config);
    let mut leader = Leader::first(&etcd).await;
    let commit = leader.prepare(leader.assign_many(9));
    leader.commit(&commit).await.unwrap();

    let mut listing = etcd.list();
    listing.next().await.unwrap().unwrap();
    let gone = (0..9).map(|n| Change::Unassign(GroupName::new(&format!("group-{n}")).unwrap()));
    let commit = leader.prepare(gone.collect());
    leader.commit(&commit).await.unwrap();
    let rest: Vec<_> = listing.collect().await;
    assert_eq!(rest.len(), 8, "as it was when the listing began: {rest:?}");
    assert!(rest.iter().all(Result::is_ok), "{rest:?}");

    let commit = leader.prepare(leader.assign_many(9));
    leader.commit(&commit).await.unwrap();
    let mut listing = etcd.list();
    listing.next().await.unwrap().unwrap();
    let commit = leader.prepare(leader.assign_many(1));
    leader.commit(&commit).await.unwrap();
    cluster.compact().await;
    let rest: Vec<_> = listing.collect().await;
    let Some(Err(ReadError::Unavailable { why })) = rest.last() else {
        panic!("{rest:?}");
    };
    assert!(
        why.contains("compacted") && why.contains("--auto-compaction-retention"),
        "{why}"
    );
    assert_eq!(listed(&etcd).await, 9, "read anew, it is whole");
}
