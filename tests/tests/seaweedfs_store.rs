//! The store's conformance suite, on a real SeaweedFS of two filers.
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::sync::Arc;
use std::time::Duration;

use groupkeeper_assignment_store::AssignmentStore;
use groupkeeper_assignment_store::conformance::{Fixture, test_all};
use groupkeeper_seaweedfs::{Fleet, FleetName, SeaweedConfig, SeaweedFs};
use groupkeeper_tests::WeedCluster;
use groupkeeper_types::{GroupName, Nonce};
use sha2::{Digest as _, Sha256};

const TORN: &[u8] = br#"{"ConsumerGroup":"to"#;

/// A fleet of its own is an empty store.
fn fresh_fleet(cluster: &WeedCluster) -> SeaweedConfig {
    let mut config = cluster.config();
    config.fleet = Fleet::Named(FleetName::new(&format!("case-{}", Nonce::random())).unwrap());
    config
}

fn connect(config: &SeaweedConfig) -> Arc<dyn AssignmentStore> {
    SeaweedFs::connect(config.clone())
}

/// Where a group's assignment stands: docs/operations.md, "On SeaweedFS".
fn place(root: &str, group: &GroupName) -> (String, String) {
    let name = group.as_str();
    if name.len() <= 238 && !name.contains(['/', '\0']) {
        let file = format!("{name}_assignments.json");
        return (format!("{root}/coordinators"), file);
    }
    let digest = Sha256::digest(name);
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    (format!("{root}/groups"), format!("{digest}.json"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_seaweedfs_is_a_store() {
    let cluster = WeedCluster::start(2).await;
    test_all(|| async {
        let config = fresh_fleet(&cluster);
        let (second, again) = (config.clone(), config.clone());
        let Fleet::Named(name) = &config.fleet else {
            panic!("a fleet of its own has a name")
        };
        let root = format!("/topics/kafka/.meta/groupkeeper-fleets/{name}");
        // Its copies take some milliseconds; what is spoiled must be spoiled for all.
        let filers = [cluster.filer(0), cluster.filer(1)];
        let spoil = move |group: GroupName| {
            let (filers, (directory, file)) = (filers.clone(), place(&root, &group));
            async move {
                filers[0].write(&directory, &file, TORN).await;
                while filers[1].read(&directory, &file).await.ok().as_deref() != Some(TORN) {
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
            }
        };
        Fixture::of(connect(&config))
            .spoiled_by(spoil)
            .second_by(move || std::future::ready(connect(&second)))
            .reopened_by(move || std::future::ready(connect(&again)))
    })
    .await;
}
