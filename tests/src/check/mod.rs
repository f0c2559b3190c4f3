//! What a history must look like. Each rule is a file; all are plain functions.

mod faults;
mod one_answer;
mod one_owner;
mod reigns;
mod sticky;
#[cfg(test)]
mod tests;
mod unbroken;

use std::collections::BTreeSet;
use std::fmt;

use crate::history::{Answer, Event, History};
use faults::Faults;
use reigns::Reigns;

/// How long a lease lasts at most, in microseconds, with the default timings.
pub const LEASE: u64 = 4_200_000;

/// How long after a move has taken effect a gateway may still name the old coordinator: until its
/// own right to answer from its cache is over, by a clock that runs slow.
pub const SETTLE: u64 = LEASE + 100_000;

/// A promise that was not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which: `G1`, say.
    pub of: &'static str,
    /// When, in microseconds since the recording began.
    pub at: u64,
    /// What was seen.
    pub what: String,
}

/// What a history had in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Seen {
    /// Answers at Kafka ports that named a coordinator.
    pub answers: usize,
    /// Claims of one group by one process.
    pub claims: usize,
    /// Groups that went from one address to another.
    pub moves: usize,
}

/// Holds a history against G1, G2, G4 and G5, and against being empty.
///
/// # Errors
/// Everything that was not as promised, in the order of the rules.
pub fn check(history: &History) -> Result<Seen, Vec<Violation>> {
    let faults = Faults::of(history);
    let reigns = Reigns::of(history);
    let mut violations = one_owner::check(history, &faults);
    violations.extend(one_answer::check(history, &reigns, &faults));
    violations.extend(sticky::check(&reigns, &faults));
    violations.extend(unbroken::check(history, &reigns, &faults));
    let seen = Seen::of(history, &reigns);
    if seen.answers == 0 || seen.claims == 0 {
        violations.push(Violation {
            of: "history",
            at: 0,
            what: format!("nothing can be told from it: {seen:?}"),
        });
    }
    if violations.is_empty() {
        Ok(seen)
    } else {
        Err(violations)
    }
}

impl Seen {
    fn of(history: &History, reigns: &Reigns) -> Self {
        let mut seen = Self::default();
        for event in &history.events {
            match event {
                Event::Answer {
                    answer: Answer::At(_),
                    ..
                } => seen.answers += 1,
                Event::Claims { held, .. } => seen.claims += held.len(),
                _ => {}
            }
        }
        seen.moves = reigns.moves();
        seen
    }
}

/// A lookup that got no answer where one was promised: see [`failed_lookups`].
pub type FailedLookup = Violation;

/// Every failed lookup of a living coordinator's group at a living gateway.
pub fn failed_lookups(history: &History) -> Vec<FailedLookup> {
    unbroken::check(history, &Reigns::of(history), &Faults::of(history))
}

/// The groups that were taken from a living gateway.
pub fn moved_from_the_living(history: &History) -> usize {
    sticky::check(&Reigns::of(history), &Faults::of(history)).len()
}

/// The groups that an address owned just before a moment.
pub fn groups_of(history: &History, addr: &str, before: u64) -> BTreeSet<String> {
    let last = history.events.iter().rev().find_map(|event| match event {
        Event::Claims {
            process, end, held, ..
        } if *end <= before && history.addr(*process) == addr => Some(held),
        _ => None,
    });
    last.map(|held| held.keys().cloned().collect())
        .unwrap_or_default()
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, micros) = (self.at / 1_000_000, self.at % 1_000_000);
        write!(f, "{} at {seconds}.{micros:06} s: {}", self.of, self.what)
    }
}
