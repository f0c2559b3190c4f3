//! Members of more than one cluster: nobody may begin a second history.

use groupkeeper_assignment_store::{AssignmentStore as _, Expected};
use groupkeeper_etcd::{Etcd, EtcdConfig};
use groupkeeper_tests::{EtcdCluster, eventually};

use crate::leader::{Leader, listed};
use crate::said;

#[tokio::test(flavor = "multi_thread")]
async fn members_of_two_clusters_are_told_apart_and_nothing_is_asked_of_either() {
    let (one, two) = (EtcdCluster::start(1).await, EtcdCluster::start(1).await);
    let addresses = [one.addresses(), two.addresses()].concat();
    let etcd = Etcd::new(EtcdConfig::new(addresses.clone()));
    let why = said(&etcd).await;
    assert!(
        why.contains("name the members of one etcd cluster"),
        "{why}"
    );
    for address in &addresses {
        assert!(why.contains(&format!("{address} is of cluster")), "{why}");
    }
    let record = Leader::first(&Etcd::new(one.config())).await.record;
    assert!(etcd.begin(&Expected::DoesNotExist, &record).await.is_err());
    assert_eq!(Etcd::new(two.config()).record().await, Ok(None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_among_three_is_never_asked() {
    let (one, other) = (EtcdCluster::start(3).await, EtcdCluster::start(1).await);
    let mut addresses = one.addresses();
    addresses[2] = other.addresses().remove(0);
    // Whichever a process begins at.
    for _ in 0..6 {
        let mut config = EtcdConfig::new(addresses.clone());
        config.fleet = format!("fleet-{}", groupkeeper_types::Nonce::random());
        let etcd = Etcd::new(config.clone());
        let mut leader = Leader::first(&etcd).await;
        let commit = leader.prepare(leader.assign_many(3));
        leader.commit(&commit).await.unwrap();
        let mut right = one.config();
        right.fleet = config.fleet;
        assert_eq!(listed(&Etcd::new(right)).await, 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_comes_back_as_another_cluster_is_told_and_not_believed() {
    let mut cluster = EtcdCluster::start(1).await;
    let etcd = Etcd::new(cluster.config());
    let leader = Leader::first(&etcd).await;
    cluster.kill(0).await;
    cluster.start_elsewhere(0);
    let other = Etcd::new(cluster.config());
    eventually("the other cluster answers", async || {
        other.record().await.ok()
    })
    .await;
    assert_eq!(other.record().await, Ok(None), "it is empty");
    let why = said(&etcd).await;
    assert!(why.contains("is of cluster"), "{why}");
    assert!(etcd.verify(&leader.record).await.is_err());
    assert!(
        etcd.begin(&Expected::DoesNotExist, &leader.record)
            .await
            .is_err()
    );
    assert_eq!(other.record().await, Ok(None), "and stays so");
}
