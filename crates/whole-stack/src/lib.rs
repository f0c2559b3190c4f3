//! Fleets of real registries that talk real gRPC, on a simulated network, under a seed.
//!
//! A run is one seed and one process. Three to five gateways, each a
//! [`Registry`](groupkeeper_registry::Registry) with its gRPC server and clients, run in one thread on
//! Tokio's paused time, on clocks that drift, with a lock service, a store and a network in memory that
//! misbehave as the seed says. Clients ask them all the while, within their processes and over gRPC, and
//! every answer is held against the invariants; who owns what is compared at one moment, again and again.
//!
//! What `groupkeeper-simulation` does a thousand times faster on the state machine alone, this does with
//! all that ships around it: the driver, the election's task, HTTP/2.
//!
//! A seed replays line by line only in a build with `--cfg tokio_unstable`, as `cargo xtask whole-stack`
//! makes it: [`REPLAYS`].

mod counts;
mod faults;
mod judge;
mod names;
mod panics;
mod parts;
mod run;
mod trace;
mod wire;
mod world;

pub use counts::Counts;
pub use groupkeeper_simulation::Violation;
pub use run::{Outcome, REPLAYS, run};
