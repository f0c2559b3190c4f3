//! The conformance suites of both stores, of assignments and of groups, on a real etcd of one member and of three.
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::sync::Arc;

use groupkeeper_assignment_store::AssignmentStore;
use groupkeeper_assignment_store::conformance::{Fixture, test_all};
use groupkeeper_etcd::{Etcd, EtcdConfig};
use groupkeeper_groups::{GroupStore, conformance as groups};
use groupkeeper_tests::{EtcdCluster, etcd_binaries};
use groupkeeper_types::{GroupName, Nonce};

const TORN: &[u8] = br#"{"format":1,"value":{"group":"to"#;

/// A fleet of its own is an empty store.
fn fresh_fleet(cluster: &EtcdCluster) -> EtcdConfig {
    let mut config = cluster.patient_config();
    config.fleet = format!("case-{}", Nonce::random());
    config
}

fn open(config: &EtcdConfig) -> Arc<dyn AssignmentStore> {
    Arc::new(Etcd::new(config.clone()))
}

async fn is_a_store(cluster: EtcdCluster) {
    test_all(|| {
        let config = fresh_fleet(&cluster);
        async move {
            let (second, again) = (config.clone(), config.clone());
            // docs/operations.md, "On etcd": these names stand in their keys as they are.
            let prefix = format!("groupkeeper/fleets/{}/groups/", config.fleet);
            let other = Etcd::new(config.clone());
            let spoil = move |group: GroupName| {
                let key = format!("{prefix}{}", group.as_str());
                let other = other.clone();
                async move { other.write_raw(key.as_bytes(), TORN).await.unwrap() }
            };
            Fixture::of(open(&config))
                .spoiled_by(spoil)
                .second_by(move || std::future::ready(open(&second)))
                .reopened_by(move || std::future::ready(open(&again)))
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_etcd_of_one_member_is_a_store() {
    for program in etcd_binaries() {
        is_a_store(EtcdCluster::start_with(&program, 1, &[]).await).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_etcd_of_three_members_is_a_store() {
    is_a_store(EtcdCluster::start(3).await).await;
}

async fn keeps_groups(cluster: EtcdCluster) {
    groups::test_all(|| {
        let config = fresh_fleet(&cluster);
        let prefix = format!("groupkeeper/fleets/{}/members/", config.fleet);
        let first = Etcd::new(config.clone());
        let other = first.clone();
        let spoil = move |group: GroupName| {
            let key = format!("{prefix}{}", group.as_str());
            let other = other.clone();
            async move { other.write_raw(key.as_bytes(), TORN).await.unwrap() }
        };
        let open = move || {
            let store: Arc<dyn GroupStore> = Arc::new(Etcd::new(config.clone()));
            std::future::ready(store)
        };
        let fixture = groups::Fixture::new(first)
            .spoiled_by(spoil)
            .second_by(open.clone())
            .reopened_by(open);
        std::future::ready(fixture)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_etcd_of_one_member_keeps_groups() {
    for program in etcd_binaries() {
        keeps_groups(EtcdCluster::start_with(&program, 1, &[]).await).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_etcd_of_three_members_keeps_groups() {
    keeps_groups(EtcdCluster::start(3).await).await;
}
