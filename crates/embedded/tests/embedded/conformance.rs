use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use groupkeeper_assignment_store::AssignmentStore;
use groupkeeper_assignment_store::conformance::{Fixture, test_all};
use groupkeeper_election::{LockService, conformance};
use groupkeeper_embedded::Embedded;
use groupkeeper_types::ManualClock;
use tempfile::TempDir;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn store_conforms() {
    test_all(|| async {
        let dir = Arc::new(TempDir::new().unwrap());
        let open = move || {
            let store = Embedded::open(dir.path()).unwrap().store("fleet");
            std::future::ready(Arc::new(store) as Arc<dyn AssignmentStore>)
        };
        Fixture::of(open().await).reopened_by(open)
    })
    .await;
}

/// A second handle comes from the same opening, since there can be no other.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn handles_of_one_opening_conform() {
    let dir = TempDir::new().unwrap();
    let embedded = Embedded::open(dir.path()).unwrap();
    let fleet = std::sync::atomic::AtomicU32::new(0);
    test_all(|| {
        let fleet = format!(
            "fleet/{}",
            fleet.fetch_add(1, std::sync::atomic::Ordering::SeqCst)
        );
        let embedded = embedded.clone();
        let store = embedded.store(&fleet);
        let second = move || {
            let store: Arc<dyn AssignmentStore> = Arc::new(embedded.store(&fleet));
            std::future::ready(store)
        };
        std::future::ready(Fixture::new(store).second_by(second))
    })
    .await;
}

struct Locks(
    Embedded,
    ManualClock,
    #[expect(dead_code, reason = "kept for the test")] TempDir,
);

#[async_trait]
impl conformance::Builder for Locks {
    async fn build(&self) -> Arc<dyn LockService> {
        Arc::new(self.0.locks("fleet"))
    }

    async fn let_pass(&self, span: Duration) {
        self.1.advance(span);
    }
}

#[tokio::test]
async fn locks_conform() {
    let (dir, clock) = (TempDir::new().unwrap(), ManualClock::default());
    let embedded = Embedded::open_with_clock(dir.path(), Arc::new(clock.clone())).unwrap();
    conformance::test_all(Locks(embedded, clock, dir)).await;
}
