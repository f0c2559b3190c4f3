//! What was decided: which gateway coordinates which group, kept where a crash can't lose it and a
//! deposed leader can't change it.
//!
//! An [`AssignmentStore`] holds one [`LeaderRecord`], an [`Assignment`] per group and a
//! [`Admission`] per known gateway. The record is both the fence and the head of a chain: every
//! [`Commit`] names the record as its writer last wrote it, and replaces it as its last step. So a
//! writer that is no longer the newest is refused, an answer that was lost can be asked for again,
//! and a batch that stopped half way is finished by repeating it.

mod admission;
mod assignment;
mod assignment_store;
mod assignment_store_ext;
mod change;
mod codec;
mod commit;
#[cfg(feature = "testing")]
pub mod conformance;
mod expected;
mod failover;
mod failovers;
mod gateway_record;
mod leader_record;
mod lineage;
mod listed;
pub mod memory;
mod other_version;
mod read_error;
mod settled;
mod stored_gateways;
mod write_error;

pub use admission::Admission;
pub use assignment::Assignment;
pub use assignment_store::AssignmentStore;
#[cfg(feature = "testing")]
pub use assignment_store::MockAssignmentStore;
pub use assignment_store_ext::AssignmentStoreExt;
pub use change::Change;
pub use codec::Undecodable;
pub use commit::{Commit, CommitTooLarge};
pub use expected::Expected;
pub use failover::{Failover, InvalidFailover};
pub use failovers::{Failovers, InvalidFailovers};
pub use gateway_record::GatewayRecord;
pub use leader_record::{LeaderRecord, Leases};
pub use lineage::Lineage;
pub use listed::{Listed, Listing};
pub use memory::MemoryAssignmentStore;
pub use other_version::OtherVersion;
pub use read_error::ReadError;
pub use settled::Settled;
pub use stored_gateways::{StoredGateways, UnreadableGateway};
pub use write_error::WriteError;
