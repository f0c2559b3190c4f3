//! `cargo xtask codegen`: the protobuf code, alone.

use anyhow::Result;

use crate::step::Step;
use crate::workspace;

/// The command that compares the committed code with the `.proto` files (`check`), or writes it (`write`).
pub(crate) fn step(mode: &str) -> Step {
    Step::new("cargo run --quiet --locked --package xtask --features codegen --bin codegen --")
        .arg(mode)
}

/// Brings the committed code up to date.
///
/// # Errors
/// When a `.proto` file is wrong or a file cannot be written.
pub(crate) fn run() -> Result<()> {
    step("write").run(&workspace::root())
}
