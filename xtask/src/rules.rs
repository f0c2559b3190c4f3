//! The repository's own rules, which no lint of the compiler checks.

mod attributes;
mod packages;
mod paths;
mod source;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

/// One place that breaks a rule.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    path: String,
    line: usize,
    text: String,
}

impl Finding {
    /// `line` counts from 1.
    fn new(path: &str, line: usize, text: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            text: text.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}", self.path, self.line, self.text)
    }
}

/// Checks every file that git knows or would add.
///
/// # Errors
/// When a rule is broken; the findings are printed before.
pub(crate) fn check(root: &Path) -> Result<()> {
    let mut findings = packages::check(root)?;
    let forbidden = paths::forbidden(root);
    let mut files = 0_usize;
    for name in file_names(root)? {
        let path = root.join(&name);
        // A file that git lists and that was just deleted breaks no rule; neither does a binary one.
        let Ok(bytes) = fs::read(&path) else { continue };
        let Ok(text) = String::from_utf8(bytes) else {
            continue;
        };
        files += 1;
        findings.extend(paths::check(&name, &text, &forbidden));
        if path.extension().is_some_and(|ext| ext == "rs") {
            findings.extend(source::check(&name, &text));
            findings.extend(attributes::check(&name, &text));
        }
    }
    for finding in &findings {
        println!("{finding}");
    }
    if !findings.is_empty() {
        bail!("{} finding(s) in {files} files", findings.len());
    }
    println!("{files} files keep the repository's rules");
    Ok(())
}

fn file_names(root: &Path) -> Result<Vec<String>> {
    let output = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root)
        .output()
        .context("cannot start git")?;
    if !output.status.success() {
        bail!(
            "git cannot list the files: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    let names = String::from_utf8(output.stdout).context("a file name is not UTF-8")?;
    Ok(names
        .split('\0')
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect())
}

/// Says whether a file was written by a program: its first line says so.
fn is_generated(text: &str) -> bool {
    text.starts_with("// @generated")
}

/// Where a crate keeps what was generated for it.
fn is_generated_folder(path: &str) -> bool {
    PathBuf::from(path)
        .parent()
        .is_some_and(|folder| folder.ends_with("src/proto"))
}
