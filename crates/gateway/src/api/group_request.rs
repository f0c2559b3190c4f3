use super::flaw::Group;
use super::offset_fetch::Asked;
use super::{leave_group, list_groups, offset_commit, offset_delete};
use crate::groups::{FetchTopic, Heartbeat, JoinGroup, LeaveGroup, OffsetCommit, SyncGroup};
use crate::wire::{List, Text};

/// A call that whoever serves groups answers: for which group, what is asked of it, and, where
/// each of several names has an answer of its own, those as the client gave them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum GroupRequest<'a> {
    Join(Group<'a>, JoinGroup<'a>),
    Sync(Group<'a>, SyncGroup<'a>),
    Heartbeat(Group<'a>, Heartbeat<'a>),
    Leave(Group<'a>, LeaveGroup<'a>, List<'a, leave_group::Named<'a>>),
    Commit(
        Group<'a>,
        OffsetCommit<'a>,
        List<'a, offset_commit::Named<'a>>,
    ),
    Fetch(Asked<'a>),
    Describe(List<'a, Text<'a>>),
    List(list_groups::Filter<'a>),
    Delete(List<'a, Text<'a>>),
    DeleteOffsets(
        Group<'a>,
        Vec<FetchTopic<'a>>,
        List<'a, offset_delete::Named<'a>>,
    ),
}

impl GroupRequest<'_> {
    /// Whether it waits for other members, and is over when its own connection is.
    pub(crate) const fn waits_for_others(&self) -> bool {
        matches!(self, Self::Join(..) | Self::Sync(..))
    }
}
