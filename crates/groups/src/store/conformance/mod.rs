//! What every [`GroupStore`](crate::GroupStore) must do, as cases that any implementation can run.
//!
//! ```
//! use groupkeeper_groups::MemoryGroupStore;
//! use groupkeeper_groups::conformance::{Fixture, test_all};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
//! test_all(|| async { Fixture::new(MemoryGroupStore::new()) }).await;
//! # });
//! ```
//!
//! The builder makes an empty store for each case. A [`Fixture`] can also say how to open the same data
//! again and from a second place, and how to spoil a record; the cases for that are run only then.

mod crowd;
mod fence;
mod fixture;
mod listing;
mod owner;
mod places;
mod runner;
mod values;

pub use fixture::Fixture;
pub use runner::test_all;
