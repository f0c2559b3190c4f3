//! The lock service's conformance suite, on a real SeaweedFS of two filers.

use std::sync::Arc;

use groupkeeper_election::{LockService, conformance};
use groupkeeper_seaweedfs::SeaweedFs;
use groupkeeper_tests::{WeedCluster, eventually};

struct OnWeed(WeedCluster);

#[async_trait::async_trait]
impl conformance::Builder for OnWeed {
    async fn build(&self) -> Arc<dyn LockService> {
        let store = SeaweedFs::connect(self.0.config());
        eventually("it may decide", async || {
            store.undecided().is_none().then_some(())
        })
        .await;
        store
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_seaweedfs_is_a_lock_service() {
    conformance::test_all(OnWeed(WeedCluster::start(2).await)).await;
}
