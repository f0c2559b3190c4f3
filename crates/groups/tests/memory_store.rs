//! The store in memory keeps to the suite that every store runs.

use std::sync::Arc;

use groupkeeper_groups::conformance::{Fixture, test_all};
use groupkeeper_groups::{GroupStore, MemoryGroupStore};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conforms() {
    test_all(|| async {
        let store = MemoryGroupStore::new();
        let (again, other, spoilt) = (store.clone(), store.clone(), store.clone());
        Fixture::new(store)
            .reopened_by(move || std::future::ready(Arc::new(again.clone()) as Arc<dyn GroupStore>))
            .second_by(move || std::future::ready(Arc::new(other.clone()) as Arc<dyn GroupStore>))
            .spoiled_by(move |group| {
                spoilt.spoil(&group);
                std::future::ready(())
            })
    })
    .await;
}
