//! What is shipped has no known bugs that could be switched on.

use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::step::Step;

/// The feature of `groupkeeper-types` with the switches.
const FEATURE: &str = "mutations";

/// Asks cargo which features the binary is built with, all of its own included.
///
/// # Errors
/// When the switches are among them.
pub(super) fn check(root: &Path) -> Result<()> {
    let step = Step::new("cargo tree --locked --package groupkeeper --all-features --target all")
        .args(["--edges", "normal,build,features", "--prefix", "none"]);
    println!("\n$ {step}");
    let output = step.command(root).output().context("cannot start cargo")?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let tree = String::from_utf8_lossy(&output.stdout);
    if !tree.contains("groupkeeper-types") {
        bail!("the tree of the binary's packages does not have groupkeeper-types in it");
    }
    let switched_on = offenders(&tree);
    if !switched_on.is_empty() {
        bail!(
            "the binary would be built with {}: only the simulation and the model may be",
            switched_on.join(", ")
        );
    }
    println!("the binary is built without `{FEATURE}`");
    Ok(())
}

/// The lines of a tree that name the feature.
fn offenders(tree: &str) -> Vec<&str> {
    let named = format!("feature \"{FEATURE}\"");
    tree.lines().filter(|line| line.contains(&named)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sees_the_feature_where_it_is_on() {
        let tree = "groupkeeper v0.1.0\ngroupkeeper-types feature \"default\"\n";
        assert!(offenders(tree).is_empty());
        let on = "groupkeeper-types feature \"mutations\"";
        assert_eq!(offenders(&format!("{tree}{on}\n")), [on]);
    }
}
