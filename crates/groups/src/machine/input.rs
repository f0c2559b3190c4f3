use groupkeeper_types::{Moment, Nonce, WallTime};

use super::CallId;
use crate::calls::{
    FetchTopic, Heartbeat, JoinGroup, LeaveGroup, OffsetCommit, OffsetFetch, SyncGroup,
};

/// When something comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// By the clock that counts.
    pub moment: Moment,
    /// By the clock on the wall, for what is kept.
    pub wall: WallTime,
}

/// What comes in.
#[derive(Debug, Clone, Copy)]
pub enum Input<'a> {
    /// Time has passed.
    Tick,
    /// A member or a tool asks.
    Call(CallId, Request<'a>),
}

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub enum Request<'a> {
    /// JoinGroup, of whom; the nonce goes into the name of a member that has none.
    Join(Client<'a>, &'a JoinGroup<'a>, Nonce),
    /// SyncGroup.
    Sync(&'a SyncGroup<'a>),
    /// Heartbeat.
    Heartbeat(&'a Heartbeat<'a>),
    /// LeaveGroup.
    Leave(&'a LeaveGroup<'a>),
    /// OffsetCommit.
    Commit(&'a OffsetCommit<'a>),
    /// OffsetFetch.
    Fetch(&'a OffsetFetch<'a>),
    /// DescribeGroups.
    Describe,
    /// DeleteGroups.
    Delete,
    /// OffsetDelete, of these partitions.
    DeleteOffsets(&'a [FetchTopic<'a>]),
}

/// Who calls.
#[derive(Debug, Clone, Copy)]
pub struct Client<'a> {
    /// What it calls itself.
    pub id: &'a str,
    /// Where it connects from, as tools are shown it.
    pub host: &'a str,
}
