//! Kafka clients talking to gateways: the Kafka listener.
//!
//! A client that knows any one gateway asks it which gateways there are (Metadata, DescribeCluster)
//! and which of them coordinates its group (FindCoordinator). [`KafkaListener`] answers that on a
//! TCP port, out of whatever implements [`Coordinators`].
//!
//! Group calls (JoinGroup, OffsetCommit and so on) are for whoever coordinates the group. Handed a
//! [`GroupCoordinator`], the listener passes them on, each under a [`Lease`] on its group; without one,
//! and at any other gateway, it answers NOT_COORDINATOR (16) or COORDINATOR_NOT_AVAILABLE (15).
//!
//! Bytes from the network are hostile. Requests are decoded by hand, every length checked against
//! the bytes left and against [`Limits`] before anything is allocated; a frame that breaks a rule
//! closes its own connection, with one line in the log, and hurts nobody else.

mod answer;
#[cfg(feature = "testing")]
mod answering;
mod api;
mod broker;
mod cluster;
mod cluster_id;
mod coordinators;
#[cfg(feature = "testing")]
mod fixed;
mod groups;
mod limits;
#[cfg(test)]
mod oracle;
mod registry_coordinators;
mod serve;
mod wire;

pub use answer::Answer;
#[cfg(feature = "testing")]
pub use answering::Answering;
pub use broker::Broker;
pub use cluster::Cluster;
pub use cluster_id::{ClusterId, InvalidClusterId};
#[cfg(feature = "testing")]
pub use coordinators::MockCoordinators;
pub use coordinators::{Coordinators, Look};
#[cfg(feature = "testing")]
pub use fixed::FixedCoordinators;
#[cfg(feature = "testing")]
pub use groupkeeper_groups::FixedLease;
#[cfg(feature = "testing")]
pub use groups::MockGroupCoordinator;
pub use groups::{
    Assignment, Call, CommitPartition, CommitTopic, Described, DescribedMember, FetchTopic,
    Fetched, GroupCoordinator, GroupError, GroupState, Heartbeat, JoinAnswer, JoinGroup, Joined,
    JoinedMember, Lease, LeaveGroup, LeavingMember, ListedGroup, NotCommitted, OffsetCommit,
    OffsetFetch, Protocol, SyncGroup, Synced,
};
pub use limits::{InvalidLimit, LimitSettings, Limits};
pub use registry_coordinators::RegistryCoordinators;
pub use serve::{BindError, KafkaListener};
