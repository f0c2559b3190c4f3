//! The lock service's conformance suite, on a real etcd of one member and of three.

use std::sync::Arc;
use std::time::Duration;

use groupkeeper_election::{LockService, conformance};
use groupkeeper_etcd::Etcd;
use groupkeeper_tests::{EtcdCluster, etcd_binaries};

struct OnEtcd(EtcdCluster);

/// etcd gives no lease for less than 2 s, and looks for those that are over twice a second.
const SHORTEST: Duration = Duration::from_secs(2);
const LATE: Duration = Duration::from_millis(1_500);

#[async_trait::async_trait]
impl conformance::Builder for OnEtcd {
    async fn build(&self) -> Arc<dyn LockService> {
        Arc::new(Etcd::new(self.0.patient_config()))
    }

    async fn let_expire(&self, ttl: Duration) {
        self.let_pass(ttl.max(SHORTEST) + LATE).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_etcd_of_one_member_is_a_lock_service() {
    for program in etcd_binaries() {
        let cluster = EtcdCluster::start_with(&program, 1, &[]).await;
        conformance::test_all(OnEtcd(cluster)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_etcd_of_three_members_is_a_lock_service() {
    conformance::test_all(OnEtcd(EtcdCluster::start(3).await)).await;
}
