use super::MemoryAssignmentStore;
use super::call::Call;
use super::state::State;
use super::write::Write;
use crate::{Listing, ReadError, WriteError};

/// How calls go when nothing can go wrong; `hostile` has the other way.
impl MemoryAssignmentStore {
    pub(super) async fn read<T>(
        &self,
        _call: Call,
        read: impl FnOnce(&State) -> Result<T, ReadError> + Send,
    ) -> Result<T, ReadError> {
        read(&self.state())
    }

    pub(super) async fn write(&self, write: Write) -> Result<(), WriteError> {
        self.state().apply(&write, None)
    }

    pub(super) fn listing(&self) -> Listing {
        self.pages()
    }
}
