use std::fmt::Debug;

use async_trait::async_trait;

use crate::{
    AcquireError, LockKey, LockOwner, LockRequest, LockToken, LockUnavailable, RenewError,
};

/// Names one holder of a lock at a time, as well as it can.
///
/// Calls may be dropped at any await: a dropped call is one whose answer was lost.
///
/// # To ensure correctness
/// - A lock lasts at least its time-to-live from the moment the service takes the request, so a
///   holder that counts from before it asked always stops first.
/// - After its time-to-live without a renewal, anybody can acquire it.
/// - Two holders at once may happen while the service itself changes shape; nothing else may cause
///   it, and nothing that must be safe may rest on its absence.
/// - Every call ends in bounded time.
#[cfg_attr(feature = "testing", mockall::automock)]
#[async_trait]
pub trait LockService: Debug + Send + Sync + 'static {
    /// Takes the lock if nobody holds it.
    ///
    /// # To ensure correctness
    /// - A lock held under a token is held, also against a caller of the same owner name: two
    ///   processes at one address are two.
    ///
    /// # Errors
    /// [`AcquireError::Held`] while somebody holds it.
    async fn acquire(&self, request: &LockRequest) -> Result<LockToken, AcquireError>;

    /// Holds on to the lock for another time-to-live, and returns the token for the next renewal:
    /// a service may rotate it.
    ///
    /// # To ensure correctness
    /// - It never takes a lock that this token does not hold: an expired one is lost, even if
    ///   nobody else has it.
    ///
    /// # Errors
    /// [`RenewError::Lost`] when this token does not hold it.
    async fn renew(
        &self,
        request: &LockRequest,
        token: &LockToken,
    ) -> Result<LockToken, RenewError>;

    /// Gives the lock up at once. A token that does not hold it changes nothing and is no error.
    ///
    /// # Errors
    /// When the service can't be asked; the lock then ends with its time-to-live.
    async fn release(&self, key: &LockKey, token: &LockToken) -> Result<(), LockUnavailable>;

    /// Who holds the lock; `None` when nobody does.
    ///
    /// # Errors
    /// When the service can't be asked.
    async fn owner(&self, key: &LockKey) -> Result<Option<LockOwner>, LockUnavailable>;
}
