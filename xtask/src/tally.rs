//! Counts tests while their output passes by.

use std::fmt;
use std::io::{BufRead, BufReader, Write};
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
            tally = Self::pass_on(BufReader::new(stdout), &mut std::io::stdout())
                .context("cannot pass on what the tests print")?;
        }
        let status = child.wait().context("cannot wait for cargo")?;
        println!("  {tally} after {watch}");
        *whole += tally;
        if !status.success() {
            bail!("`{step}` ended with {status}");
        }
        tally.verdict().with_context(|| format!("`{step}`"))
    }

    /// Copies the test runner's output and adds up its last line for each test binary.
    fn pass_on(output: impl BufRead, shown: &mut impl Write) -> std::io::Result<Self> {
        let mut tally = Self::default();
        for line in output.split(b'\n') {
            let line = line?;
            shown.write_all(&line)?;
            shown.write_all(b"\n")?;
            tally += Self::of_line(&String::from_utf8_lossy(&line));
        }
        Ok(tally)
    }

    fn verdict(self) -> Result<()> {
        if self.ignored > 0 {
            bail!("{} test(s) were skipped", self.ignored);
        }
        if self.passed == 0 {
            bail!("no test ran");
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

    fn of_output(output: &str) -> Tally {
        // Not passed on to this test's own output, where the same counting would find it.
        let mut shown = Vec::new();
        let tally = Tally::pass_on(output.as_bytes(), &mut shown).unwrap();
        assert_eq!(
            String::from_utf8(shown).unwrap().trim_end(),
            output.trim_end()
        );
        tally
    }

    #[test]
    fn adds_up_every_test_binary() {
        let tally = of_output(
            "running 3 tests\n\
             test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 1 filtered out; finished in 0.01s\n\
             test result: ok. 4 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s\n",
        );
        tally.verdict().unwrap();
        assert_eq!(tally.to_string(), "7 passed, 0 failed");
    }

    #[test]
    fn a_skipped_test_and_a_run_without_tests_are_failures() {
        let skipped = of_output("test result: ok. 3 passed; 0 failed; 2 ignored; 0 measured");
        assert!(
            skipped
                .verdict()
                .unwrap_err()
                .to_string()
                .starts_with("2 test(s) were skipped")
        );
        assert_eq!(skipped.to_string(), "3 passed, 0 failed, 2 skipped");
        let none = of_output("test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured");
        assert!(
            none.verdict()
                .unwrap_err()
                .to_string()
                .contains("no test ran")
        );
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
