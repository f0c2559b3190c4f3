//! `cargo xtask fix`: what a machine can put right.

use anyhow::Result;

use crate::codegen_command;
use crate::phases::Phases;
use crate::step::Step;
use crate::workspace;

/// Regenerates code, applies the lints' suggestions and formats, in that order: each may undo the
/// format of the one before.
///
/// # Errors
/// When a part fails; the other parts are done all the same.
pub(crate) fn run() -> Result<()> {
    let root = workspace::root();
    let mut phases = Phases::new();
    phases.step("generated code", &root, &codegen_command::write());
    let clippy =
        "cargo clippy --fix --allow-dirty --allow-staged --workspace --all-targets --all-features";
    phases.step("lint suggestions", &root, &Step::new(clippy));
    phases.step("format", &root, &Step::new("cargo fmt --all"));
    phases.finish()
}
