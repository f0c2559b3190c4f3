//! Runs the machine on a real clock, lock service, store and network.

mod calls;
mod effects;
mod guard;
mod lookups;
mod patience;
mod pause_clock;
mod registry;
mod run;
mod services;
mod store_reads;

pub use guard::{Guard, NotOwner};
pub use pause_clock::PauseClock;
pub use registry::{Parts, Registry, StartError};
