//! The calls of a group's members, and who serves them: the words are those of `groupkeeper-groups`.

#[cfg(feature = "testing")]
pub use groupkeeper_groups::MockGroupCoordinator;
pub use groupkeeper_groups::{
    Assignment, Call, CommitPartition, CommitTopic, Described, DescribedMember, FetchTopic,
    Fetched, GroupCoordinator, GroupError, GroupState, Heartbeat, JoinAnswer, JoinGroup, Joined,
    JoinedMember, Lease, LeaveGroup, LeavingMember, ListedGroup, NotCommitted, OffsetCommit,
    OffsetFetch, Protocol, SyncGroup, Synced,
};
