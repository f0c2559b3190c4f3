use thiserror::Error;

use crate::LockOwner;

/// The lock service gave no answer, or none in time. Whatever was asked may have happened.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the lock service can't be asked now: {why}")]
pub struct LockUnavailable {
    /// What happened, for people.
    pub why: String,
}

impl LockUnavailable {
    /// No answer, for this reason.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "an error fits `map_err(Self::new)`"
    )]
    pub fn new(why: impl ToString) -> Self {
        Self {
            why: why.to_string(),
        }
    }
}

/// Why a lock was not acquired. Each of these may be tried again.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AcquireError {
    /// Somebody holds it.
    #[error("held by {by}")]
    Held {
        /// Who, as the service says.
        by: LockOwner,
    },
    /// No answer: the lock may be held now, under a token nobody knows, until it expires.
    #[error(transparent)]
    Unavailable(#[from] LockUnavailable),
}

/// Why a lock was not renewed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RenewError {
    /// It is no longer this holder's: expired, released or taken. Not to be tried again.
    #[error("lost{}", .to.as_ref().map(|to| format!(" to {to}")).unwrap_or_default())]
    Lost {
        /// Who holds it now, where the service told.
        to: Option<LockOwner>,
    },
    /// No answer: try again with the same token, while the term lasts.
    #[error(transparent)]
    Unavailable(#[from] LockUnavailable),
}

impl RenewError {
    /// Whether the same renewal may yet succeed.
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}
