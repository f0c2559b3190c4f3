//! Runs the machine on a real clock, lock service, store and network.

mod calls;
mod effects;
mod guard;
mod lookups;
mod registry;
mod run;
mod services;
mod store_reads;

pub use guard::{Guard, NotOwner};
pub use registry::{Parts, Registry, StartError};
