use thiserror::Error;

use crate::LeaderRecord;

/// Why a write was not confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WriteError {
    /// Another record stands: a newer epoch has begun, or the store went backwards. Nothing of this
    /// write has changed or will change the store, and its writer must not write again.
    #[error("refused: {}", stale(.found.as_deref()))]
    Stale {
        /// The record that stands, where the store told.
        found: Option<Box<LeaderRecord>>,
    },
    /// No answer, or none in time. The write may have landed, whole or its first changes only, and
    /// may yet land: repeat the very same one until it is confirmed or refused.
    #[error("the store did not confirm the write: {why}")]
    Unavailable {
        /// What happened, for people.
        why: String,
    },
    /// The store will never take this write: a name it can't hold, say. Nothing was changed.
    #[error("the store can't take this write: {why}")]
    Unsupported {
        /// What is wrong with it.
        why: String,
    },
}

fn stale(found: Option<&LeaderRecord>) -> String {
    found.map_or_else(
        || "the leader record is not the one this leader wrote".to_owned(),
        |found| {
            format!(
                "{} leads in epoch {} ({})",
                found.leader,
                found.epoch,
                found.stamp()
            )
        },
    )
}

impl WriteError {
    /// The store can't be reached.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "an error is handed over and done with"
    )]
    pub fn unavailable(why: impl ToString) -> Self {
        Self::Unavailable {
            why: why.to_string(),
        }
    }

    /// Whether to repeat the very same write.
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }
}
