use std::sync::Arc;

use tokio::task::JoinSet;

use crate::rounds::keep_asking;
use crate::rule::Refusal;
use crate::shared::Shared;
use crate::{SeaweedConfig, ServerAddress};

/// The locks and assignments of one fleet on a SeaweedFS: a `LockService` and an `AssignmentStore`.
///
/// Filers are found through the masters, in the background and for as long as this value lives.
#[derive(Debug)]
pub struct SeaweedFs {
    pub(crate) shared: Arc<Shared>,
    /// Ends with this value.
    _rounds: JoinSet<()>,
}

impl SeaweedFs {
    /// Begins to look for the filers, and returns at once: a SeaweedFS that does not answer yet is
    /// waited for by each call, within the call's own timeout.
    ///
    /// # Panics
    /// Outside a Tokio runtime.
    pub fn connect(config: SeaweedConfig) -> Arc<Self> {
        let shared = Arc::new(Shared::new(config));
        let mut rounds = JoinSet::new();
        rounds.spawn(keep_asking(Arc::clone(&shared)));
        Arc::new(Self {
            shared,
            _rounds: rounds,
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

    /// The filer that decides on this fleet's leader record, or will when it has stood for long enough;
    /// `None` until the masters have named one. It changes when filers come and go.
    pub fn deciding_filer(&self) -> Option<ServerAddress> {
        self.shared.filers.owner()
    }

    /// Why this process may decide nothing at the moment, for people; `None` where it may.
    pub fn undecided(&self) -> Option<String> {
        match self.shared.deciding.permit().err()? {
            Refusal::Settling(decider, _) => Some(format!(
                "filer {decider} is to decide, and must have stood for {:?} first",
                self.shared.config().settle
            )),
            refusal @ (Refusal::Copying(..) | Refusal::Unknown(_)) => Some(refusal.to_string()),
        }
    }
}
