use std::fmt::Debug;

use async_trait::async_trait;
use groupkeeper_types::GroupName;

use super::{GroupReadError, GroupWriteError, ListedGroup, Save};
use crate::record::GroupRecord;

/// Keeps groups, each as one value behind a fence of its own.
///
/// One value stands for one fleet's groups. Calls may be dropped at any await: a dropped read has no
/// effect, a dropped write is one whose answer was lost ([`GroupWriteError::Unavailable`]).
///
/// # To ensure correctness
/// - A read that fails, or that finds something it can't make sense of, is an error, never `None` and
///   never a shorter list.
/// - [`save`](Self::save) compares the head that stands and replaces the record in one atomic step: of
///   two writes that expect the same one wins. So a write that outlasts its owner's lease changes
///   nothing once the next owner has written.
/// - What was confirmed is read by every later read of the process that wrote it, and survives a crash
///   as far as the store says it is durable.
/// - Groups do not wait for each other longer than the store itself takes.
/// - Every call ends in bounded time.
#[cfg_attr(feature = "testing", mockall::automock)]
#[async_trait]
pub trait GroupStore: Debug + Send + Sync + 'static {
    /// The record of a group; `None` where nothing was ever written.
    ///
    /// # Errors
    /// When it can't be read, or is unreadable.
    async fn load(&self, group: &GroupName) -> Result<Option<GroupRecord>, GroupReadError>;

    /// Replaces the record that the write expects by its next.
    ///
    /// # To ensure correctness
    /// - Refused as a whole, with nothing changed, where another record stands, also one that can't be
    ///   read.
    /// - Repeated after it landed, it is confirmed again, as long as its record stands.
    ///
    /// # Errors
    /// [`GroupWriteError::Stale`] where another record stands.
    async fn save(&self, save: &Save) -> Result<(), GroupWriteError>;

    /// Groups after this one, in the order of their names as bytes, at most so many: a page is short
    /// only where there are no more. Writes made meanwhile may or may not be seen.
    ///
    /// # To ensure correctness
    /// - A group whose record can't be read is listed as such, and hides no other.
    ///
    /// # Errors
    /// When they can't be read.
    async fn list(
        &self,
        after: Option<GroupName>,
        at_most: usize,
    ) -> Result<Vec<ListedGroup>, GroupReadError>;
}
