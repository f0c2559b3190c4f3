//! Several checks in one command: each is run whatever the others did, and all are summed up.

use std::fmt;
use std::path::Path;
#[allow(
    clippy::disallowed_types,
    reason = "how long a command took is for a person to read"
)]
use std::time::Instant;

use anyhow::{Result, bail};

use crate::step::Step;

/// Measures how long something takes, shown like `3.2 s` or `4 min 10 s`.
pub(crate) struct Stopwatch(
    #[allow(
        clippy::disallowed_types,
        reason = "how long a command took is for a person to read"
    )]
    Instant,
);

impl Stopwatch {
    /// Starts counting.
    #[allow(
        clippy::disallowed_types,
        reason = "how long a command took is for a person to read"
    )]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }
}

impl fmt::Display for Stopwatch {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = self.0.elapsed().as_millis() / 100;
        if tenths < 600 {
            write!(out, "{}.{} s", tenths / 10, tenths % 10)
        } else {
            write!(out, "{} min {} s", tenths / 600, tenths % 600 / 10)
        }
    }
}

/// The checks of one command, in the order they ran.
pub(crate) struct Phases {
    whole: Stopwatch,
    done: Vec<Phase>,
}

struct Phase {
    name: String,
    took: String,
    failure: Option<String>,
    repeat: String,
}

impl Phases {
    /// No phase yet; the whole is timed from here.
    pub(crate) fn new() -> Self {
        Self {
            whole: Stopwatch::start(),
            done: Vec::new(),
        }
    }

    /// Runs one outside command as a phase.
    pub(crate) fn step(&mut self, name: &str, root: &Path, step: &Step) {
        self.run(name, &step.to_string(), || step.run(root));
    }

    /// Runs one phase. `repeat` is the command that a person types to repeat it alone.
    pub(crate) fn run(&mut self, name: &str, repeat: &str, check: impl FnOnce() -> Result<()>) {
        println!("\n== {name}");
        let watch = Stopwatch::start();
        let failure = check().err().map(|error| format!("{error:#}"));
        if let Some(failure) = &failure {
            println!("{failure}");
        }
        self.done.push(Phase {
            name: name.to_owned(),
            took: watch.to_string(),
            failure,
            repeat: repeat.to_owned(),
        });
    }

    /// Whether every phase so far has passed.
    pub(crate) fn all_passed(&self) -> bool {
        self.done.iter().all(|phase| phase.failure.is_none())
    }

    /// Prints every phase with its time, and what to repeat.
    ///
    /// # Errors
    /// When a phase failed.
    pub(crate) fn finish(self) -> Result<()> {
        println!("\n== Summary ({} in all)", self.whole);
        for phase in &self.done {
            let word = if phase.failure.is_none() {
                "ok    "
            } else {
                "FAILED"
            };
            println!("{word} {:<34} {:>14}", phase.name, phase.took);
        }
        let failed: Vec<_> = self
            .done
            .iter()
            .filter(|phase| phase.failure.is_some())
            .collect();
        if failed.is_empty() {
            return Ok(());
        }
        println!("\nTo repeat what failed:");
        for phase in &failed {
            println!("  {}", phase.repeat);
        }
        bail!("{} of {} checks", failed.len(), self.done.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;

    #[test]
    fn a_failed_phase_stops_no_other_and_fails_the_whole() {
        let mut phases = Phases::new();
        phases.run("first", "repeat first", || Err(anyhow!("broken")));
        let mut ran = false;
        phases.run("second", "repeat second", || {
            ran = true;
            Ok(())
        });
        assert!(ran && !phases.all_passed());
        assert_eq!(phases.finish().unwrap_err().to_string(), "1 of 2 checks");
    }
}
