use std::sync::Arc;

use tokio::task::JoinSet;

use crate::discovery::keep_discovering;
use crate::shared::Shared;
use crate::{SeaweedConfig, ServerAddress};

/// The locks and assignments of one fleet on a SeaweedFS: a `LockService` and an `AssignmentStore`.
///
/// Filers are found through the masters, in the background and for as long as this value lives.
#[derive(Debug)]
pub struct SeaweedFs {
    pub(crate) shared: Arc<Shared>,
    /// Ends with this value.
    _discovery: JoinSet<()>,
}

impl SeaweedFs {
    /// Begins to look for the filers, and returns at once: a SeaweedFS that does not answer yet is
    /// waited for by each call, within the call's own timeout.
    ///
    /// # Panics
    /// Outside a Tokio runtime.
    pub fn connect(config: SeaweedConfig) -> Arc<Self> {
        let shared = Arc::new(Shared::new(config));
        let mut discovery = JoinSet::new();
        discovery.spawn(keep_discovering(Arc::clone(&shared)));
        Arc::new(Self {
            shared,
            _discovery: discovery,
        })
    }

    /// The filers that are known, sorted; empty until a master has answered.
    pub fn filers(&self) -> Vec<ServerAddress> {
        self.shared
            .filers
            .all()
            .iter()
            .map(|filer| filer.address.clone())
            .collect()
    }

    /// The filer that decides on this fleet's lock and leader record, where that is known. It
    /// changes when filers come and go.
    pub fn deciding_filer(&self) -> Option<ServerAddress> {
        self.shared.filers.owner()
    }
}
