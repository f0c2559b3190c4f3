use super::offset_fetch::Asked;
use crate::groups::{Heartbeat, JoinGroup, LeaveGroup, OffsetCommit, SyncGroup};

/// A call that only a group's coordinator may answer, with the group's name as the client gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum GroupRequest<'a> {
    Join(&'a str, JoinGroup<'a>),
    Sync(&'a str, SyncGroup<'a>),
    Heartbeat(&'a str, Heartbeat<'a>),
    Leave(&'a str, LeaveGroup<'a>),
    Commit(&'a str, OffsetCommit<'a>),
    Fetch(Asked<'a>),
    Describe(Vec<&'a str>),
}

impl GroupRequest<'_> {
    /// Whether it waits for other members, and is over when its own connection is.
    pub(crate) const fn waits_for_others(&self) -> bool {
        matches!(self, Self::Join(..) | Self::Sync(..))
    }
}
