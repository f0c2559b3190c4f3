//! What every [`AssignmentStore`](crate::AssignmentStore) must do, as cases that any
//! implementation can run.
//!
//! ```
//! use groupkeeper_assignment_store::conformance::{Fixture, test_all};
//! use groupkeeper_assignment_store::MemoryAssignmentStore;
//!
//! # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
//! test_all(|| async { Fixture::new(MemoryAssignmentStore::new()) }).await;
//! # });
//! ```
//!
//! The builder makes an empty store for each case. A [`Fixture`] can also say how to open the same
//! data again and from a second place, and how to spoil what is stored; the cases for that are run only
//! then.

mod aside;
mod begin;
mod changes;
mod commit;
mod crowd;
mod durable;
mod empty;
mod fence;
mod fixture;
mod gateways;
mod history;
mod hostile_names;
mod leader;
mod listing;
mod model;
mod names;
mod runner;
mod second;
mod values;
mod verify;

pub use fixture::Fixture;
pub use runner::{test_all, test_matching};
