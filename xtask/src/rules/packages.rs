//! A package is found by its folder, and takes the workspace's lints.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::rules::Finding;
use crate::workspace;

/// Checks every member of the workspace.
pub(super) fn check(root: &Path) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for package in workspace::members()?.packages {
        let manifest = package.manifest_path.as_std_path();
        let name = manifest
            .strip_prefix(root)
            .unwrap_or(manifest)
            .display()
            .to_string();
        let folder = manifest.parent().and_then(|folder| folder.file_name());
        let folder = folder
            .map(|folder| folder.to_string_lossy().into_owned())
            .unwrap_or_default();
        let expected = expected_name(&name, &folder);
        if package.name != expected {
            let message = format!("is called {}, and its folder says {expected}", package.name);
            findings.push(Finding::new(&name, 1, message));
        }
        let text = fs::read_to_string(manifest).with_context(|| format!("cannot read {name}"))?;
        findings.extend(check_lints(&name, &text));
    }
    Ok(findings)
}

fn expected_name(manifest: &str, folder: &str) -> String {
    match folder {
        "xtask" | "groupkeeper" => folder.to_owned(),
        // The other members outside crates/ follow the same rule: tests/ is groupkeeper-tests.
        _ if manifest.is_empty() => String::new(),
        _ => format!("groupkeeper-{folder}"),
    }
}

fn check_lints(manifest: &str, text: &str) -> Option<Finding> {
    let mut lines = text
        .lines()
        .map(str::trim)
        .skip_while(|line| *line != "[lints]")
        .skip(1);
    let inherits = lines.any(|line| line == "workspace = true");
    let message = "does not take the workspace's lints: add [lints] with workspace = true";
    (!inherits).then(|| Finding::new(manifest, 1, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_gives_the_name() {
        assert_eq!(
            expected_name("crates/types/Cargo.toml", "types"),
            "groupkeeper-types"
        );
        assert_eq!(
            expected_name("crates/groupkeeper/Cargo.toml", "groupkeeper"),
            "groupkeeper"
        );
        assert_eq!(
            expected_name("tests/Cargo.toml", "tests"),
            "groupkeeper-tests"
        );
    }

    #[test]
    fn lints_are_inherited() {
        assert_eq!(
            check_lints("a", "[lints]\nworkspace = true\n[dependencies]"),
            None
        );
        assert!(check_lints("a", "[dependencies]\nworkspace = true").is_some());
    }
}
