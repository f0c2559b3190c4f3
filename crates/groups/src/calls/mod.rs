//! The calls of a group's members, as whoever serves groups sees them: parsed, bounded, and made
//! under a lease on the group.

mod call;
mod coordinator;
mod describing;
mod error;
#[cfg(feature = "testing")]
mod fixed_lease;
mod joining;
mod lease;
mod offsets;

pub use call::Call;
pub use coordinator::GroupCoordinator;
#[cfg(feature = "testing")]
pub use coordinator::MockGroupCoordinator;
pub use describing::{Described, DescribedMember, GroupState};
pub use error::GroupError;
#[cfg(feature = "testing")]
pub use fixed_lease::FixedLease;
pub use joining::{
    Assignment, Heartbeat, JoinAnswer, JoinGroup, Joined, JoinedMember, LeaveGroup, LeavingMember,
    Protocol, SyncGroup, Synced,
};
pub use lease::Lease;
pub use offsets::{
    CommitPartition, CommitTopic, FetchTopic, Fetched, NotCommitted, OffsetCommit, OffsetFetch,
};
