use std::fmt::Debug;

use async_trait::async_trait;

use super::{
    Call, Described, FetchTopic, Fetched, GroupError, Heartbeat, JoinAnswer, JoinGroup, LeaveGroup,
    NotCommitted, OffsetCommit, OffsetFetch, SyncGroup, Synced,
};
use crate::store::ListedGroup;

/// Serves groups: what the Kafka listener (`KafkaListener::with_groups`) hands group calls to.
/// [`Groups`](crate::Groups) is the one that ships; an author may bring another.
///
/// Each call is about one group, and comes only while this gateway owns it: the listener claims the
/// group first, and answers NOT_COORDINATOR (16) or COORDINATOR_NOT_AVAILABLE (15) itself where it
/// does not. Requests borrow from the frame; copy what is kept.
///
/// # To ensure correctness
/// - State kept from before an older token may be out of date: when [`Lease::token`](super::Lease::token)
///   has grown, another gateway may have acted in between, so load it anew.
/// - A write that can outlast the lease carries the token, and its store refuses older ones.
/// - A lease can end while a call waits. The listener then drops the call, or its answer, and says
///   16; what a call did by then may stand, and clients repeat it.
///
/// # Cancellation
/// A call is dropped at any await: when the lease is lost, its time is up, the listener stops, and,
/// for `join_group` and `sync_group` alone, when the client's connection is closed.
///
/// # Waiting
/// While a call runs, its connection gets no other answer, as in Kafka; other connections go on. A call
/// has the listener's `group_call_within`. `join_group` has that and the
/// longer of its two timeouts, `sync_group` has
/// its `rebalance_within`, which bounds `join_group` too.
#[cfg_attr(feature = "testing", mockall::automock)]
#[async_trait]
pub trait GroupCoordinator: Debug + Send + Sync + 'static {
    /// A member joins: answered when all have, or the rebalance timeout is over.
    ///
    /// # Errors
    /// What Kafka answers in the same case; 15 where nothing fits, and clients start over.
    async fn join_group<'a>(
        &self,
        call: Call<'a>,
        request: &'a JoinGroup<'a>,
    ) -> Result<JoinAnswer, GroupError>;

    /// A member asks for its assignment: answered when the leader has brought it.
    ///
    /// # Errors
    /// As [`join_group`](Self::join_group).
    async fn sync_group<'a>(
        &self,
        call: Call<'a>,
        request: &'a SyncGroup<'a>,
    ) -> Result<Synced, GroupError>;

    /// A member is alive.
    ///
    /// # Errors
    /// [`RebalanceInProgress`](GroupError::RebalanceInProgress) where it is to join again, and what
    /// Kafka answers otherwise.
    async fn heartbeat<'a>(
        &self,
        call: Call<'a>,
        request: &'a Heartbeat<'a>,
    ) -> Result<(), GroupError>;

    /// Members go. Answers for each, in the order of the request; one that is missing is answered
    /// [`Unknown`](GroupError::Unknown).
    ///
    /// # Errors
    /// What stands for the whole request.
    async fn leave_group<'a>(
        &self,
        call: Call<'a>,
        request: &'a LeaveGroup<'a>,
    ) -> Result<Vec<Result<(), GroupError>>, GroupError>;

    /// Keeps how far the group has got. Answers what was *not* committed.
    ///
    /// # Errors
    /// What stands for all partitions. An error does not say that nothing was written: clients read
    /// again what they had read.
    async fn commit_offsets<'a>(
        &self,
        call: Call<'a>,
        request: &'a OffsetCommit<'a>,
    ) -> Result<Vec<NotCommitted>, GroupError>;

    /// Tells how far the group had got, of what is asked for; what is not named has no offset.
    ///
    /// # Errors
    /// What stands for the whole group.
    async fn fetch_offsets<'a>(
        &self,
        call: Call<'a>,
        request: &'a OffsetFetch<'a>,
    ) -> Result<Vec<Fetched>, GroupError>;

    /// Shows the group to a tool; one that is not there is [`Described::dead`].
    ///
    /// # Errors
    /// What stands in the group's entry.
    async fn describe_group<'a>(&self, call: Call<'a>) -> Result<Described, GroupError>;

    /// Deletes the group with its offsets.
    ///
    /// # Errors
    /// [`NonEmptyGroup`](GroupError::NonEmptyGroup) where somebody is in it,
    /// [`GroupIdNotFound`](GroupError::GroupIdNotFound) where there is none.
    async fn delete_group<'a>(&self, call: Call<'a>) -> Result<(), GroupError>;

    /// Deletes offsets, and answers which it keeps:
    /// [`GroupSubscribedToTopic`](GroupError::GroupSubscribedToTopic) for topics that members read.
    ///
    /// # Errors
    /// What stands for all partitions.
    async fn delete_offsets<'a>(
        &self,
        call: Call<'a>,
        topics: &'a [FetchTopic<'a>],
    ) -> Result<Vec<NotCommitted>, GroupError>;

    /// All groups that are kept, whoever owns them: the listener shows those that this gateway owns.
    ///
    /// # Errors
    /// What stands for the whole list; never a shorter list.
    async fn list_groups(&self) -> Result<Vec<ListedGroup>, GroupError>;
}
