//! Runs the machine on a real clock, lock service, store and network.

mod calls;
mod effects;
mod lookups;
mod registry;
mod run;
mod services;
mod store_reads;

pub use registry::{Parts, Registry, StartError};
