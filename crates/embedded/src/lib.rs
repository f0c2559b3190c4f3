//! Locks, assignments and groups on one machine, durable, with nothing to install.
//!
//! [`Embedded::open`] opens a directory of data, which no other process can have open at the same
//! time. It gives an [`EmbeddedAssignmentStore`], an [`EmbeddedGroupStore`] and an [`EmbeddedLockService`] for each
//! fleet that keeps its data there.
//!
//! A commit is one transaction of the database: after a crash, also one of the machine, it is whole
//! or absent, and what was confirmed is there.

mod assignment_store;
mod confirmed;
mod creation;
mod database;
mod embedded;
mod failure;
mod group_store;
mod group_writes;
mod lock_file;
mod lock_service;
mod open_error;
mod opened;
mod opening;
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]
mod set_aside_tests;
mod tables;
mod writes;

pub use assignment_store::EmbeddedAssignmentStore;
pub use embedded::Embedded;
pub use group_store::EmbeddedGroupStore;
pub use lock_service::EmbeddedLockService;
pub use open_error::OpenError;
