//! Whole fleets of the shipped state machine, simulated under a seed.
//!
//! A run is one seed: three to seven gateways, each the registry's own `Machine` and the election's
//! own `Campaign` with a clock that drifts, on a lock service, a store and a network that misbehave.
//! Time is a number, everything happens in one thread, and every choice comes from the seed, so a
//! run that fails can be run again and looked at. After every step the invariants are checked.

mod clock;
mod event;
mod faults;
mod invariants;
mod names;
mod random;
mod report;
mod schedule;
mod services;
mod trace;
mod words;
mod world;

pub use invariants::Violation;
pub use report::Counts;

use world::World;

/// What came of one seed.
#[derive(Debug)]
pub struct Outcome {
    /// The seed.
    pub seed: u64,
    /// How many events there were.
    pub steps: u64,
    /// What happened.
    pub counts: Counts,
    /// The invariant that broke, at the last of the steps.
    pub broken: Option<Violation>,
    /// What happened, line by line, where that was asked for.
    pub trace: Vec<String>,
}

/// Runs one seed.
pub fn run(seed: u64, trace: bool) -> Outcome {
    let mut world = World::new(seed, trace);
    let steps = world.run();
    Outcome {
        seed,
        steps,
        counts: world.counts,
        broken: world.broken,
        trace: world.trace.into_lines(),
    }
}
