//! What the project depends on, held against `deny.toml`.
//!
//! `cargo deny` does this and more, but takes minutes to build. This check reads the same file and the
//! same packages, every platform and feature included, so that nobody has to install anything; where
//! `cargo deny` is installed, it runs as well.

mod licences;
mod policy;
#[cfg(test)]
mod tests;

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use cargo_metadata::{Metadata, Package};

use crate::step::Step;
use crate::workspace;
use policy::Policy;

/// Checks every package of the lock file; fails, too, when the lock file is not current.
///
/// # Errors
/// When a package breaks a rule; the breaches are printed before.
pub(crate) fn check(root: &Path) -> Result<()> {
    println!("$ cargo metadata --all-features --locked");
    let metadata = workspace::locked()?;
    let policy =
        std::fs::read_to_string(root.join("deny.toml")).context("cannot read deny.toml")?;
    let policy = Policy::parse(&policy)?;
    let mut breaches = licences::check(&policy, &metadata);
    breaches.extend(sources(&policy, &metadata));
    breaches.extend(bans(&policy, &metadata));
    breaches.extend(wildcards(&policy, &metadata));
    for breach in &breaches {
        println!("{breach}");
    }
    if !breaches.is_empty() {
        bail!("{} breach(es) of deny.toml", breaches.len());
    }
    println!("{} packages keep deny.toml", metadata.packages.len());
    cargo_deny(root)
}

fn cargo_deny(root: &Path) -> Result<()> {
    if Step::new("cargo deny --version")
        .command(root)
        .output()
        .is_ok_and(|it| it.status.success())
    {
        return Step::new("cargo deny --locked check licenses bans sources").run(root);
    }
    println!("(cargo deny is not installed; the check above read the same rules)");
    Ok(())
}

fn sources(policy: &Policy, metadata: &Metadata) -> Vec<String> {
    let mut breaches = Vec::new();
    for package in &metadata.packages {
        let Some(source) = &package.source else {
            if !metadata.workspace_members.contains(&package.id) {
                breaches.push(format!(
                    "{} comes from a folder outside the workspace",
                    name(package)
                ));
            }
            continue;
        };
        let git = source.repr.starts_with("git+");
        let denied = if git {
            policy.sources.unknown_git
        } else {
            policy.sources.unknown_registry
        };
        if !source.is_crates_io() && denied.denies() {
            breaches.push(format!(
                "{} comes from {}, not crates.io",
                name(package),
                source.repr
            ));
        }
    }
    breaches
}

fn bans(policy: &Policy, metadata: &Metadata) -> Vec<String> {
    let mut breaches = Vec::new();
    for package in &metadata.packages {
        if let Some(ban) = policy.bans.deny.iter().find(|ban| package.name == ban.name) {
            breaches.push(format!("{} is banned: {}", name(package), ban.reason));
        }
    }
    if policy.bans.multiple_versions.denies() {
        for (index, package) in metadata.packages.iter().enumerate() {
            if metadata.packages[..index]
                .iter()
                .any(|other| other.name == package.name)
            {
                breaches.push(format!("{} is there in another version too", name(package)));
            }
        }
    }
    breaches
}

fn wildcards(policy: &Policy, metadata: &Metadata) -> Vec<String> {
    let mut breaches = Vec::new();
    if !policy.bans.wildcards.denies() {
        return breaches;
    }
    for package in metadata.workspace_packages() {
        for dependency in &package.dependencies {
            let by_path = dependency.path.is_some() && policy.bans.allow_wildcard_paths;
            if dependency.req.to_string() == "*" && !by_path {
                let message = format!("{} takes any version of {}", package.name, dependency.name);
                breaches.push(message);
            }
        }
    }
    breaches
}

fn name(package: &Package) -> String {
    format!("{} {}", package.name, package.version)
}
