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
mod kinds;
mod mix;
mod names;
mod progress;
mod random;
mod report;
mod schedule;
mod services;
mod trace;
mod words;
mod world;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

pub use invariants::Violation;
pub use mix::Mix;
pub use progress::Progress;
pub use random::Random;
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

/// Runs one seed, with these faults.
pub fn run(seed: u64, mix: &Mix, trace: bool) -> Outcome {
    let mut world = World::new(seed, mix, trace);
    // The seed is what a panic is worth: it is told like any other failure.
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| world.run())) {
        world.broken = Some(Violation {
            invariant: "no panic",
            what: said(&*panic),
        });
    }
    Outcome {
        seed,
        steps: world.steps,
        counts: world.counts,
        broken: world.broken,
        trace: world.trace.into_lines(),
    }
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "a panic without words".to_owned())
}
