use std::time::Duration;

use super::GroupError;

/// OffsetCommit: a group has got so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OffsetCommit<'a> {
    /// The generation that the member thinks it is in; negative from a client that is no member.
    pub generation: i32,
    /// What the member is called; empty from a client that is no member.
    pub member_id: &'a str,
    /// Its lasting name, where it is a static member.
    pub group_instance_id: Option<&'a str>,
    /// How long to keep the offsets, where versions 2 to 4 say so.
    pub retention: Option<Duration>,
    /// How far it has got. A topic may stand there twice; the last one counts.
    pub topics: Vec<CommitTopic<'a>>,
}

/// Offsets of one topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitTopic<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its partitions.
    pub partitions: Vec<CommitPartition<'a>>,
}

/// The offset of one partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommitPartition<'a> {
    /// The partition's number, as the client gave it.
    pub partition: i32,
    /// The next record to read, as the client gave it.
    pub offset: i64,
    /// The leader epoch of the last record read; -1 where it is not known.
    pub leader_epoch: i32,
    /// What the client wants to be told again, at most 32,767 bytes.
    pub metadata: Option<&'a str>,
}

/// A partition whose offset was not committed, while others of the request may have been.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotCommitted {
    /// The topic, as the request named it.
    pub topic: String,
    /// The partition's number.
    pub partition: i32,
    /// Why.
    pub error: GroupError,
}

/// OffsetFetch, for one group: how far had it got?
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OffsetFetch<'a> {
    /// What the member is called, where version 9 says so.
    pub member_id: Option<&'a str>,
    /// The member's epoch, where version 9 says so; otherwise -1.
    pub member_epoch: i32,
    /// What is asked for; `None` for all there is.
    pub topics: Option<Vec<FetchTopic<'a>>>,
    /// Whether to refuse
    /// ([`UnstableOffsetCommit`](GroupError::UnstableOffsetCommit)) offsets that a transaction under
    /// way may change.
    pub require_stable: bool,
}

/// Partitions of one topic whose offsets are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchTopic<'a> {
    /// Its name.
    pub name: &'a str,
    /// Their numbers, as the client gave them.
    pub partitions: Vec<i32>,
}

/// A committed offset, or why it can't be told. A partition without one is left out: the client is
/// told that there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The topic.
    pub topic: String,
    /// The partition's number.
    pub partition: i32,
    /// The next record to read.
    pub offset: i64,
    /// The leader epoch that came with the commit; -1 where none did.
    pub leader_epoch: i32,
    /// What came with the commit.
    pub metadata: String,
    /// Why it can't be told: the rest then counts for nothing.
    pub error: Option<GroupError>,
}
