use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use futures_util::{StreamExt, stream};
use groupkeeper_types::GroupName;

use super::call::Call;
use super::state::State;
use super::write::Write;
use crate::{
    Assignment, AssignmentStore, Commit, Expected, LeaderRecord, Listing, ReadError,
    StoredGateways, WriteError,
};

/// Entries of a listing that are copied under one lock.
const PAGE: usize = 1_000;

/// One fleet's data in this process's memory. Clones share it; it is gone with the last of them.
///
/// It keeps encoded bytes, so nothing survives in it that could not be stored for real. No call
/// waits.
#[derive(Debug, Clone, Default)]
pub struct MemoryAssignmentStore {
    pub(super) state: Arc<Mutex<State>>,
    #[cfg(feature = "testing")]
    pub(super) faults: Arc<super::faults::Faults>,
}

impl MemoryAssignmentStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics halfway through a change, so a poisoned lock still guards whole data.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn pages(&self) -> Listing {
        let store = self.clone();
        stream::unfold(None::<String>, move |after| {
            let mut page = store.state().page(after.as_deref(), PAGE);
            let last = page.last().map(|(name, _)| name.clone());
            let entries = page
                .drain(..)
                .map(|(_, entry)| Ok(entry))
                .collect::<Vec<_>>();
            std::future::ready(last.map(|last| (stream::iter(entries), Some(last))))
        })
        .flatten()
        .boxed()
    }
}

#[async_trait]
impl AssignmentStore for MemoryAssignmentStore {
    async fn record(&self) -> Result<Option<LeaderRecord>, ReadError> {
        self.read(Call::Record, State::record).await
    }

    async fn load(&self, group: &GroupName) -> Result<Option<Assignment>, ReadError> {
        self.read(Call::Load, |state| state.load(group)).await
    }

    fn list(&self) -> Listing {
        self.listing()
    }

    async fn gateways(&self) -> Result<StoredGateways, ReadError> {
        self.read(Call::Gateways, |state| Ok(state.gateways()))
            .await
    }

    async fn begin(&self, expected: &Expected, next: &LeaderRecord) -> Result<(), WriteError> {
        self.write(Write::Begin {
            expected: expected.clone(),
            next: next.clone(),
        })
        .await
    }

    async fn commit(&self, commit: &Commit) -> Result<(), WriteError> {
        self.write(Write::Commit(commit.clone())).await
    }

    async fn verify(&self, current: &LeaderRecord) -> Result<(), WriteError> {
        self.write(Write::Verify(current.clone())).await
    }
}
