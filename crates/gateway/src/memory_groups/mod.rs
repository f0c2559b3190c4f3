//! Groups in memory: how a [`GroupCoordinator`](crate::GroupCoordinator) can be written, good enough to
//! try real clients with.

mod coordinator;
mod group;
mod member;
mod offsets;
mod rebalance;

pub use coordinator::MemoryGroups;
pub use offsets::MemoryOffsets;
