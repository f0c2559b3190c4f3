use std::fmt::Debug;

use async_trait::async_trait;
use groupkeeper_types::GroupName;

use crate::{
    Assignment, Commit, Expected, LeaderRecord, Listing, ReadError, StoredGateways, WriteError,
};

/// Keeps what leaders decide, behind a fence.
///
/// One value stands for one fleet's data. Calls may be dropped at any await: a dropped read has no
/// effect, a dropped write is one whose answer was lost ([`WriteError::Unavailable`]).
///
/// # To ensure correctness
/// - A read that fails, or that finds something it can't make sense of, is an error, never `None`
///   and never a shorter list (G6).
/// - [`begin`](Self::begin), [`commit`](Self::commit) and [`verify`](Self::verify) compare the
///   leader record and act on it in one atomic step: of two that expect the same record, one wins
///   (G3).
/// - What was confirmed is read by every later read of the process that wrote it, and survives a
///   crash as far as the store says it is durable (G5).
/// - Every call ends in bounded time.
#[cfg_attr(feature = "testing", mockall::automock)]
#[async_trait]
pub trait AssignmentStore: Debug + Send + Sync + 'static {
    /// The leader record; `None` where nobody has led.
    ///
    /// # Errors
    /// When it can't be read, or is unreadable.
    async fn record(&self) -> Result<Option<LeaderRecord>, ReadError>;

    /// The assignment of a group; `None` where there is none. It may be in doubt:
    /// who answers others asks the record, read first, whether it [settles](LeaderRecord::settles) it.
    ///
    /// # Errors
    /// When it can't be read, or is unreadable.
    async fn load(&self, group: &GroupName) -> Result<Option<Assignment>, ReadError>;

    /// Every assignment, in the store's own order, each group once. Writes made meanwhile may or
    /// may not be seen.
    ///
    /// # To ensure correctness
    /// - A listing that is not whole ends with an error, not with the end of the stream.
    /// - An unreadable entry is listed as such, and does not end the listing.
    fn list(&self) -> Listing;

    /// The stored set of gateways.
    ///
    /// # To ensure correctness
    /// - What is not read whole is an error, not a smaller set.
    /// - An entry that can't be read is among the unreadable, and hides no other.
    ///
    /// # Errors
    /// When it can't be read whole.
    async fn gateways(&self) -> Result<StoredGateways, ReadError>;

    /// Begins an epoch: replaces the record that is `expected` by `next`.
    ///
    /// # To ensure correctness
    /// - Once confirmed, no commit that expects an older record changes anything (G3).
    /// - Repeated after it landed, it is confirmed again, as long as `next` stands.
    ///
    /// # Errors
    /// [`WriteError::Stale`] where something else stands.
    async fn begin(&self, expected: &Expected, next: &LeaderRecord) -> Result<(), WriteError>;

    /// Makes the changes in order, then replaces the record the commit expects by its next.
    ///
    /// # To ensure correctness
    /// - Refused as a whole, with nothing changed, where another record stands.
    /// - Each change is atomic; the record comes last. A commit that stops half way leaves its
    ///   first changes and the old record.
    /// - Repeated after it landed whole, it is confirmed and changes nothing; repeated after it
    ///   stopped half way, it is finished.
    /// - Without changes, it still replaces the record.
    ///
    /// # Errors
    /// [`WriteError::Stale`] once a newer epoch has begun.
    async fn commit(&self, commit: &Commit) -> Result<(), WriteError>;

    /// Confirms that exactly this record stands, where writes are decided and not in a copy.
    ///
    /// # To ensure correctness
    /// - It is as strong as a commit: it can't be confirmed from a replica that lags.
    ///
    /// # Errors
    /// [`WriteError::Stale`] where something else stands.
    async fn verify(&self, current: &LeaderRecord) -> Result<(), WriteError>;
}
