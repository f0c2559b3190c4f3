//! What a consumer group's coordinator does: members, generations, assignments and offsets, by
//! Apache Kafka's classic protocol, durable and fenced.
//!
//! - [`GroupCoordinator`] is what the Kafka listener hands group calls to, each under a [`Lease`].
//!   [`Groups`] is the one that ships.
//! - [`Machine`] is one group as a pure state machine: calls go in with the moment they arrived,
//!   answers come out, and none that rests on what is not stored yet.
//! - [`GroupStore`] keeps the [records](GroupRecord) of groups. Each write replaces the record that
//!   its writer knows, under the token of its lease, so that a write of an owner from before cannot
//!   land after the group was taken over.
//!
//! Whoever takes a group over reads its record and goes on where that stands: members keep their
//! names, generation and assignment, and get a fresh session. A failover is no rebalance.

mod calls;
mod config;
mod machine;
mod record;
mod service;
mod store;

pub use calls::{
    Assignment, Call, CommitPartition, CommitTopic, Described, DescribedMember, FetchTopic,
    Fetched, GroupCoordinator, GroupError, GroupState, Heartbeat, JoinAnswer, JoinGroup, Joined,
    JoinedMember, Lease, LeaveGroup, LeavingMember, NotCommitted, OffsetCommit, OffsetFetch,
    Protocol, SyncGroup, Synced,
};
#[cfg(feature = "testing")]
pub use calls::{FixedLease, MockGroupCoordinator};
pub use config::{Bounds, GroupConfig, Patience};
pub use machine::{Answer, CallId, Client, Input, Machine, Now, Request};
pub use record::{
    GroupBody, GroupRecord, Head, MemberRecord, OffsetRecord, Phase as StoredPhase, Profile,
    Undecodable,
};
pub use service::Groups;
#[cfg(feature = "testing")]
pub use store::conformance;
#[cfg(feature = "testing")]
pub use store::{Fault, MockGroupStore};
pub use store::{GroupReadError, GroupStore, GroupWriteError, ListedGroup, MemoryGroupStore, Save};
