//! The store's conformance suite, on a real SeaweedFS of two filers.
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::sync::Arc;

use groupkeeper_assignment_store::AssignmentStore;
use groupkeeper_assignment_store::conformance::{Fixture, test_all};
use groupkeeper_seaweedfs::{Fleet, FleetName, SeaweedConfig, SeaweedFs};
use groupkeeper_tests::WeedCluster;
use groupkeeper_types::Nonce;

/// A fleet of its own is an empty store.
fn fresh_fleet(cluster: &WeedCluster) -> SeaweedConfig {
    let mut config = cluster.config();
    config.fleet = Fleet::Named(FleetName::new(&format!("case-{}", Nonce::random())).unwrap());
    config
}

fn connect(config: &SeaweedConfig) -> Arc<dyn AssignmentStore> {
    SeaweedFs::connect(config.clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_seaweedfs_is_a_store() {
    let cluster = WeedCluster::start(2).await;
    test_all(|| async {
        let config = fresh_fleet(&cluster);
        let (second, again) = (config.clone(), config.clone());
        Fixture::of(connect(&config))
            .second_by(move || std::future::ready(connect(&second)))
            .reopened_by(move || std::future::ready(connect(&again)))
    })
    .await;
}
