use thiserror::Error;

/// Why nothing could be read. Never the same as "there is nothing": a store that fails is not a
/// store that is empty (G6).
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReadError {
    /// The store can't be reached, or not in time.
    #[error("the store can't be read now: {why}")]
    Unavailable {
        /// What happened, for people.
        why: String,
    },
    /// There is something, and it is not what should be there.
    #[error("{what} in the store can't be read: {why}")]
    Unreadable {
        /// Where it stands. Of an assignment that is [listed](crate::Listed::Unreadable) under a name that
        /// does not tell its group, it is that name, so that the two can be put together.
        what: String,
        /// What is wrong with it.
        why: String,
    },
    /// The store can't do what is needed: too old, or set up otherwise.
    #[error("this store can't be used: {why}")]
    Unsupported {
        /// What is missing and what to do about it.
        why: String,
    },
}

impl ReadError {
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
