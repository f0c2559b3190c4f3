use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::faults::Kind;
use crate::parts::Calls;

/// What is counted beside faults and calls.
const NAMES: [&str; 16] = [
    "seconds simulated",
    "faults",
    "processes",
    "take-overs",
    "moves seen in answers",
    "questions in the process",
    "answers in the process",
    "questions over gRPC",
    "answers over gRPC",
    "questions without an answer",
    "claims granted",
    "gRPC questions who owns",
    "connections opened",
    "moments at which owners were compared",
    "graceful stops that handed over",
    "answers after healing",
];

/// Nice to know, and no seed need see it.
const RARE: [&str; 3] = [
    "moments with two leaders",
    "graceful stops cut short",
    "operators refused",
];

/// What happened in one run, or in many.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts(BTreeMap<String, u64>);

impl Counts {
    pub(crate) fn add(&mut self, name: &str, count: u64) {
        match self.0.get_mut(name) {
            Some(sum) => *sum += count,
            None => drop(self.0.insert(name.to_owned(), count)),
        }
    }

    /// How often this happened, by its name.
    pub fn of(&self, name: &str) -> u64 {
        self.0.get(name).copied().unwrap_or(0)
    }

    /// Adds another run's counts.
    pub fn sum(&mut self, other: &Self) {
        for (name, count) in &other.0 {
            self.add(name, *count);
        }
    }

    /// What never happened: a run that does not do it proves nothing about it.
    pub fn missing(&self) -> Vec<&'static str> {
        let calls = Calls::default().rows().into_iter().map(|(name, _)| name);
        let kinds = Kind::USUAL.iter().map(|kind| kind.name());
        let wanted = NAMES.into_iter().chain(calls).chain(kinds);
        wanted.filter(|name| self.of(name) == 0).collect()
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let calls = Calls::default().rows().into_iter().map(|(name, _)| name);
        let kinds = Kind::USUAL.iter().map(|kind| kind.name());
        for name in NAMES.into_iter().chain(RARE).chain(calls).chain(kinds) {
            writeln!(f, "{:>12}  {name}", self.of(name))?;
        }
        Ok(())
    }
}
