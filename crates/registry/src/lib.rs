//! Who decides: the coordinator registry.
//!
//! [`Registry`] is one gateway's part in its fleet: it answers who coordinates a group, takes part
//! in electing a leader, and leads when it is its turn. What it decides is written in
//! [`machine`], without I/O; the registry runs that on a lock service, a store, a network and a
//! clock, all behind `dyn` traits.

mod config;
mod driver;
mod folding;
pub mod lookups;
pub mod machine;
pub mod peer;
#[cfg(feature = "testing")]
pub mod testing;
mod view;

pub use config::Config;
pub use driver::{Guard, NotOwner, Parts, PauseClock, Registry, StartError};
pub use folding::Folding;
pub use groupkeeper_types::{BrokenPromise, Timing};
pub use view::Fresh;
