use std::time::Duration;

use thiserror::Error;

/// Why a wait for a leader ended without one.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WaitError {
    /// Nobody was known to lead in all that time.
    #[error("no leader within {after:?}: see whether the lock service answers")]
    TimedOut {
        /// How long it was waited.
        after: Duration,
    },
    /// The election's task has ended, so nobody will be known any more.
    #[error("the election has stopped")]
    Stopped,
}
