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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Leadership, LockKey, LockToken};

    #[test]
    fn a_lock_that_is_lost_is_not_renewed_again() {
        let lost = RenewError::Lost {
            to: Some(LockOwner::new("b:1")),
        };
        assert!(!lost.is_retryable());
        assert_eq!(lost.to_string(), "lost to b:1");
        assert!(RenewError::from(LockUnavailable::new("no answer")).is_retryable());
    }

    #[test]
    fn names_are_shown_as_they_are_and_tokens_are_not() {
        let key = LockKey::new("leader").unwrap();
        assert_eq!(
            (key.as_str(), key.to_string().as_str()),
            ("leader", "leader")
        );
        let token = LockToken::new("secret");
        assert_eq!(token.as_str(), "secret");
        assert!(!format!("{token:?}").contains("secret"));
        let heard = Leadership::Other(LockOwner::new("b\n1"));
        assert_eq!(heard.to_string(), "b\\n1");
        assert_eq!(Leadership::Unknown.to_string(), "nobody known");
    }
}
