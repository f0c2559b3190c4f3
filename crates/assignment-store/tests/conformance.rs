//! The memory store does what every store must do.

use std::sync::Arc;

use groupkeeper_assignment_store::conformance::{Fixture, test_all};
use groupkeeper_assignment_store::{AssignmentStore, MemoryAssignmentStore};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn memory_store_conforms() {
    test_all(|| async {
        let store = MemoryAssignmentStore::new();
        let spoilt = store.clone();
        let handle = move || {
            let store: Arc<dyn AssignmentStore> = Arc::new(store.clone());
            std::future::ready(store)
        };
        Fixture::of(handle().await)
            .reopened_by(handle.clone())
            .second_by(handle)
            .spoiled_by(move |group| {
                spoilt.corrupt(&group);
                std::future::ready(())
            })
    })
    .await;
}
