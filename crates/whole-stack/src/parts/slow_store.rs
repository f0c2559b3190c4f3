use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use groupkeeper_assignment_store::{
    Assignment, AssignmentStore, Commit, Expected, LeaderRecord, Listing, MemoryAssignmentStore,
    ReadError, StoredGateways, WriteError,
};
use groupkeeper_simulation::Random;
use groupkeeper_types::GroupName;
use tokio::time::sleep;

/// One gateway's way to the store: what is asked takes a while, and so does the answer.
#[derive(Debug)]
pub(crate) struct SlowStore {
    store: MemoryAssignmentStore,
    random: Arc<Mutex<Random>>,
}

impl SlowStore {
    pub(crate) fn new(store: MemoryAssignmentStore, random: Random) -> Self {
        let random = Arc::new(Mutex::new(random));
        Self { store, random }
    }

    async fn through<T>(&self, call: impl Future<Output = T> + Send) -> T {
        self.travel().await;
        let answer = call.await;
        self.travel().await;
        answer
    }

    async fn travel(&self) {
        let micros = {
            let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
            random.span(200, 20_000)
        };
        sleep(Duration::from_micros(micros)).await;
    }
}

#[async_trait]
impl AssignmentStore for SlowStore {
    async fn record(&self) -> Result<Option<LeaderRecord>, ReadError> {
        self.through(self.store.record()).await
    }

    async fn load(&self, group: &GroupName) -> Result<Option<Assignment>, ReadError> {
        self.through(self.store.load(group)).await
    }

    fn list(&self) -> Listing {
        self.store.list()
    }

    async fn gateways(&self) -> Result<StoredGateways, ReadError> {
        self.through(self.store.gateways()).await
    }

    async fn begin(&self, expected: &Expected, next: &LeaderRecord) -> Result<(), WriteError> {
        self.through(self.store.begin(expected, next)).await
    }

    async fn commit(&self, commit: &Commit) -> Result<(), WriteError> {
        self.through(self.store.commit(commit)).await
    }

    async fn verify(&self, current: &LeaderRecord) -> Result<(), WriteError> {
        self.through(self.store.verify(current)).await
    }
}
