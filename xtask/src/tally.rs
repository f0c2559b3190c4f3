//! Counts tests while their output passes by.

use std::fmt;
use std::io::{BufRead as _, BufReader, Write as _};
use std::ops::AddAssign;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};

use crate::phases::Stopwatch;
use crate::step::Step;

/// How many tests passed, failed, and were skipped.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tally {
    passed: u64,
    failed: u64,
    ignored: u64,
}

impl Tally {
    /// Runs a `cargo test` with its output shown, and adds up what it says.
    ///
    /// # Errors
    /// When it fails, when no test ran, or when one was skipped: nobody may take a skipped test for a
    /// passed one.
    pub(crate) fn of(step: &Step, root: &Path, whole: &mut Self) -> Result<()> {
        println!("\n$ {step}");
        let watch = Stopwatch::start();
        let mut command = step.command(root);
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start cargo")?;
        let mut tally = Self::default();
        if let Some(stdout) = child.stdout.take() {
            for line in BufReader::new(stdout).split(b'\n') {
                let line = line.context("cannot read what the tests print")?;
                let mut shown = std::io::stdout().lock();
                shown
                    .write_all(&line)
                    .and_then(|()| shown.write_all(b"\n"))?;
                tally += Self::of_line(&String::from_utf8_lossy(&line));
            }
        }
        let status = child.wait().context("cannot wait for cargo")?;
        println!("  {tally} after {watch}");
        *whole += tally;
        if !status.success() {
            bail!("`{step}` ended with {status}");
        }
        if tally.ignored > 0 {
            bail!("`{step}` skipped {} test(s)", tally.ignored);
        }
        if tally.passed == 0 {
            bail!("`{step}` ran no test");
        }
        Ok(())
    }

    /// What one line of the test runner's output says: `test result: ok. 3 passed; 0 failed; …`.
    fn of_line(line: &str) -> Self {
        let mut tally = Self::default();
        let Some((_, counts)) = line
            .strip_prefix("test result:")
            .and_then(|rest| rest.split_once(". "))
        else {
            return tally;
        };
        for count in counts.split("; ") {
            let Some((number, what)) = count.split_once(' ') else {
                continue;
            };
            let number = number.parse().unwrap_or(0);
            match what {
                "passed" => tally.passed = number,
                "failed" => tally.failed = number,
                "ignored" => tally.ignored = number,
                _ => {}
            }
        }
        tally
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} passed, {} failed", self.passed, self.failed)?;
        if self.ignored > 0 {
            write!(out, ", {} skipped", self.ignored)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_output(output: &str) -> (Result<()>, Tally) {
        let mut whole = Tally::default();
        let step = Step::new("printf %s").arg(output);
        (Tally::of(&step, Path::new("."), &mut whole), whole)
    }

    #[test]
    fn adds_up_every_test_binary() {
        let (outcome, tally) = of_output(
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 1 filtered out; finished in 0.01s\n\
             test result: ok. 4 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s",
        );
        outcome.unwrap();
        assert_eq!(tally.to_string(), "7 passed, 0 failed");
    }

    #[test]
    fn a_skipped_test_and_a_run_without_tests_are_failures() {
        let (skipped, tally) =
            of_output("test result: ok. 3 passed; 0 failed; 2 ignored; 0 measured");
        assert!(skipped.unwrap_err().to_string().contains("skipped 2"));
        assert_eq!(tally.to_string(), "3 passed, 0 failed, 2 skipped");
        let (none, _) = of_output("test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured");
        assert!(none.unwrap_err().to_string().contains("ran no test"));
    }

    #[test]
    fn failed_tests_are_counted() {
        let line = "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(
            Tally::of_line(line),
            Tally {
                passed: 1,
                failed: 2,
                ignored: 0
            }
        );
    }
}
