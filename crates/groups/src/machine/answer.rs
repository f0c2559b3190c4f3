use crate::calls::{Described, Fetched, GroupError, JoinAnswer, NotCommitted, Synced};

/// One call, among those of one group at one owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub u64);

/// What a call is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// To JoinGroup.
    Join(Result<JoinAnswer, GroupError>),
    /// To SyncGroup.
    Sync(Result<Synced, GroupError>),
    /// To a heartbeat, and to the deletion of a group.
    Done(Result<(), GroupError>),
    /// To LeaveGroup: for each member.
    Left(Vec<Result<(), GroupError>>),
    /// To OffsetCommit and OffsetDelete: what was not done.
    Committed(Result<Vec<NotCommitted>, GroupError>),
    /// To OffsetFetch.
    Fetched(Vec<Fetched>),
    /// To DescribeGroups.
    Described(Described),
}
