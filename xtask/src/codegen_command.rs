//! `cargo xtask codegen`: the protobuf code, alone.

use anyhow::Result;

use crate::step::Step;
use crate::workspace;

/// The command that compares the committed code with the `.proto` files.
pub(crate) fn check() -> Step {
    generator(&["--locked"]).args(["--", "check"])
}

/// The command that writes it; in the middle of a change, so the lock file may change with it.
pub(crate) fn write() -> Step {
    generator(&[]).args(["--", "write"])
}

fn generator(options: &[&str]) -> Step {
    Step::new("cargo run --quiet").args(options).args([
        "--package",
        "xtask",
        "--features",
        "codegen",
        "--bin",
        "codegen",
    ])
}

/// Brings the committed code up to date.
///
/// # Errors
/// When a `.proto` file is wrong or a file cannot be written.
pub(crate) fn run() -> Result<()> {
    write().run(&workspace::root())
}
