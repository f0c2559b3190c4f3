//! One outside command: printed, run, timed.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::phases::Stopwatch;

/// A command line and the variables it needs, shown as a person would type it.
#[derive(Clone)]
pub(crate) struct Step {
    program: OsString,
    args: Vec<OsString>,
    vars: Vec<(&'static str, OsString)>,
}

impl Step {
    /// A command, its arguments separated by single spaces; use [`Step::arg`] for one with a space.
    pub(crate) fn new(line: &str) -> Self {
        let mut words = line.split(' ').map(OsString::from);
        let program = words.next().unwrap_or_default();
        Self {
            program,
            args: words.collect(),
            vars: Vec::new(),
        }
    }

    /// A program by its path.
    pub(crate) fn program(program: impl AsRef<OsStr>) -> Self {
        Self {
            program: program.as_ref().to_owned(),
            args: Vec::new(),
            vars: Vec::new(),
        }
    }

    /// Adds one argument.
    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    /// Adds several arguments.
    pub(crate) fn args<A: AsRef<OsStr>>(self, args: impl IntoIterator<Item = A>) -> Self {
        args.into_iter().fold(self, Self::arg)
    }

    /// Sets a variable for this command alone.
    pub(crate) fn var(mut self, name: &'static str, value: impl AsRef<OsStr>) -> Self {
        self.vars.push((name, value.as_ref().to_owned()));
        self
    }

    /// The command, ready to start in the workspace's root and unable to wait for a keyboard.
    pub(crate) fn command(&self, root: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(&self.args)
            .envs(self.vars.clone())
            .current_dir(root)
            .stdin(Stdio::null());
        command
    }

    /// Runs it with its output shown.
    ///
    /// # Errors
    /// When it cannot start, or ends with anything but success: the error names the command.
    pub(crate) fn run(&self, root: &Path) -> Result<()> {
        println!("\n$ {self}");
        let watch = Stopwatch::start();
        let status = self
            .command(root)
            .status()
            .with_context(|| format!("cannot start `{}`", self.program.display()))?;
        println!(
            "  {} after {watch}",
            if status.success() { "done" } else { "failed" }
        );
        if !status.success() {
            bail!("`{self}` ended with {status}");
        }
        Ok(())
    }

    /// Runs it with its output kept for the error, for tries that may fail.
    ///
    /// # Errors
    /// When it cannot start or fails: the error ends with the last lines it printed.
    pub(crate) fn run_quietly(&self, root: &Path) -> Result<()> {
        println!("\n$ {self}");
        let watch = Stopwatch::start();
        let output = self
            .command(root)
            .output()
            .with_context(|| format!("cannot start `{}`", self.program.display()))?;
        println!(
            "  {} after {watch}",
            if output.status.success() {
                "done"
            } else {
                "failed"
            }
        );
        if output.status.success() {
            return Ok(());
        }
        let mut said = String::from_utf8_lossy(&output.stdout).into_owned();
        said.push_str(&String::from_utf8_lossy(&output.stderr));
        let lines: Vec<_> = said
            .lines()
            .filter(|line| !line.trim().is_empty())
            .collect();
        let tail = lines[lines.len().saturating_sub(12)..].join("\n    ");
        bail!("`{self}` ended with {}:\n    {tail}", output.status)
    }
}

impl fmt::Display for Step {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.vars {
            write!(out, "{name}={} ", quoted(value))?;
        }
        write!(out, "{}", quoted(&self.program))?;
        self.args
            .iter()
            .try_for_each(|arg| write!(out, " {}", quoted(arg)))
    }
}

/// Quotes what a shell would split, so that a printed command can be pasted.
fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let plain = |c: char| c.is_alphanumeric() || "-_./=:,@+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.into_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_shown_as_it_would_be_typed() {
        let step = Step::new("cargo doc --no-deps")
            .var("RUSTDOCFLAGS", "-D warnings")
            .arg("it's");
        assert_eq!(
            step.to_string(),
            r"RUSTDOCFLAGS='-D warnings' cargo doc --no-deps 'it'\''s'"
        );
    }

    #[test]
    fn a_failing_command_names_itself_and_its_last_words() {
        let step = Step::new("sh -c").arg("echo reason >&2; exit 3");
        let error = step.run_quietly(Path::new(".")).unwrap_err().to_string();
        assert!(
            error.contains("exit 3") && error.contains("reason"),
            "{error}"
        );
        assert!(
            Step::new("sh -c")
                .arg("exit 1")
                .run(Path::new("."))
                .is_err()
        );
        let missing = Step::new("no-such-program-here")
            .run(Path::new("."))
            .unwrap_err();
        assert!(missing.to_string().contains("cannot start"), "{missing}");
    }
}
