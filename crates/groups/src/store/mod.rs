//! Where groups are kept.

#[cfg(feature = "testing")]
pub mod conformance;
mod errors;
mod group_store;
mod listed;
mod memory;
mod save;

pub use errors::{GroupReadError, GroupWriteError};
pub use group_store::GroupStore;
#[cfg(feature = "testing")]
pub use group_store::MockGroupStore;
pub use listed::ListedGroup;
#[cfg(feature = "testing")]
pub use memory::Fault;
pub use memory::MemoryGroupStore;
pub use save::Save;
