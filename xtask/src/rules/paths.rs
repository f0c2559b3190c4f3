//! No file names a folder of the machine it was written on: it means nothing on the next one.

use std::env;
use std::path::Path;

use crate::rules::Finding;

/// The starts of paths that only exist on one machine, each with a closing slash.
pub(super) fn forbidden(root: &Path) -> Vec<String> {
    // In parts, or this file would break its own rule.
    let mut starts: Vec<String> = ["home", "Users", "root"]
        .iter()
        .map(|name| format!("/{name}/"))
        .collect();
    let here = [
        Some(root.as_os_str().to_owned()),
        env::var_os("HOME"),
        env::var_os("CARGO_HOME"),
    ];
    for path in here.into_iter().flatten() {
        let path = path.to_string_lossy();
        let path = path.trim_end_matches('/');
        if path.len() > 1 && path.starts_with('/') {
            starts.push(format!("{path}/"));
        }
    }
    starts.sort();
    starts.dedup();
    starts
}

/// Checks one text file of any kind; `path` is from the workspace's root.
pub(super) fn check(path: &str, text: &str, forbidden: &[String]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for start in forbidden {
            // After a letter, digit or dot it is a part of a longer path or of an address.
            let absolute = line.match_indices(start).any(|(at, _)| {
                !line[..at].ends_with(|c: char| c.is_alphanumeric() || "._-}*".contains(c))
            });
            if absolute {
                let message = format!("names a folder of one machine ({start})");
                findings.push(Finding::new(path, index + 1, message));
                break;
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_one_machine_are_found_and_addresses_are_not() {
        let forbidden = forbidden(Path::new("/builds/keeper"));
        let home = format!("/{}/somebody/x", "home");
        let found = |text: &str| check("a.md", text, &forbidden).len();
        assert_eq!(found(&format!("see {home} and {home}")), 1);
        assert_eq!(found("cd /builds/keeper/crates"), 1);
        assert_eq!(found(&format!("see example.org{home}")), 0);
        assert_eq!(found("see /usr/bin/weed"), 0);
    }
}
