//! `cargo xtask lint`: everything that is checked without running a test. Writes nothing.

use anyhow::Result;

use crate::codegen_command;
use crate::dependencies;
use crate::phases::Phases;
use crate::rules;
use crate::step::Step;
use crate::workspace;

/// Runs every check, the quick ones first.
///
/// # Errors
/// When one found something; the others ran all the same.
pub(crate) fn run() -> Result<()> {
    let root = workspace::root();
    let mut phases = Phases::new();
    phases.step("format", &root, &Step::new("cargo fmt --all --check"));
    phases.run("repository rules", "cargo xtask lint", || {
        rules::check(&root)
    });
    phases.run("licences, sources, bans", "cargo xtask lint", || {
        dependencies::check(&root)
    });
    phases.step("generated code", &root, &codegen_command::step("check"));
    let clippy = "cargo clippy --workspace --all-targets --all-features --locked -- -D warnings";
    phases.step("clippy", &root, &Step::new(clippy));
    let doc =
        Step::new("cargo doc --workspace --no-deps --locked").var("RUSTDOCFLAGS", "-D warnings");
    phases.step("documentation", &root, &doc);
    phases.finish()
}
