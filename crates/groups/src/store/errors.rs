use thiserror::Error;

use crate::record::Head;

/// Why a group could not be read. Never the same as "there is none".
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum GroupReadError {
    /// The store can't be reached, or not in time.
    #[error("the store of groups can't be read now: {why}")]
    Unavailable {
        /// What happened, for people.
        why: String,
    },
    /// There is something, and it is not what should be there.
    #[error("{what} in the store can't be read: {why}")]
    Unreadable {
        /// Where it stands.
        what: String,
        /// What is wrong with it.
        why: String,
    },
    /// The store can't do what is needed: too old, or set up otherwise.
    #[error("groups can't be kept in this store: {why}")]
    Unsupported {
        /// What is missing and what to do about it.
        why: String,
    },
}

impl GroupReadError {
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

    /// Whether the same call may succeed later with nobody changing anything.
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }
}

/// Why a group's write was not confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum GroupWriteError {
    /// Another record stands: another owner has taken the group over. Nothing of this write has changed
    /// or will change the store, and its writer must not write again before it has read.
    #[error("refused: {}", stale(*.found))]
    Stale {
        /// The head that stands, where the store told.
        found: Option<Head>,
    },
    /// No answer, or none in time. The write may have landed, and may yet land: repeat the very same
    /// one until it is confirmed or refused.
    #[error("the store did not confirm the write: {why}")]
    Unavailable {
        /// What happened, for people.
        why: String,
    },
    /// The store will never take this write: it is too large, say. Nothing was changed.
    #[error("the store can't take this write: {why}")]
    Unsupported {
        /// What is wrong with it.
        why: String,
    },
}

fn stale(found: Option<Head>) -> String {
    found.map_or_else(
        || "the group's record is not the one that this owner knows".to_owned(),
        |head| format!("{head} stands"),
    )
}

impl GroupWriteError {
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
