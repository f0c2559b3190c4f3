//! `cargo xtask lint`: everything that is checked without running a test. Writes nothing.

mod shipped;

use anyhow::Result;
use clap::ValueEnum;

use crate::codegen_command;
use crate::dependencies;
use crate::phases::Phases;
use crate::rules;
use crate::step::Step;
use crate::workspace;

/// Options of `cargo xtask lint`.
#[derive(clap::Args)]
pub(crate) struct Lint {
    /// One check alone.
    #[arg(long, value_enum)]
    only: Option<Check>,
}

/// What is checked, the quick ones first.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Check {
    /// Every file is formatted.
    Format,
    /// The repository's own rules: lengths, names, reasons, paths.
    Rules,
    /// Licences, sources and banned crates, as deny.toml says; the lock file is current.
    Dependencies,
    /// Known bugs can't be switched on in what is shipped.
    Shipped,
    /// The committed protobuf code is what the .proto files say.
    Codegen,
    /// The compiler's and clippy's lints.
    Clippy,
    /// The documentation builds without a warning.
    Docs,
}

impl Lint {
    /// Runs every check, or the one asked for.
    ///
    /// # Errors
    /// When one found something; the others ran all the same.
    pub(crate) fn run(&self) -> Result<()> {
        let root = workspace::root();
        let mut phases = Phases::new();
        for check in Check::value_variants() {
            if self.only.is_none_or(|only| only == *check) {
                check.run(&mut phases, &root);
            }
        }
        phases.finish()
    }
}

impl Check {
    fn run(self, phases: &mut Phases, root: &std::path::Path) {
        match self {
            Self::Format => {
                phases.step("format", root, &Step::new("cargo fmt --all --check"));
            }
            Self::Rules => {
                let repeat = "cargo xtask lint --only rules";
                phases.run("repository rules", repeat, || rules::check(root));
            }
            Self::Dependencies => {
                let repeat = "cargo xtask lint --only dependencies";
                phases.run("dependencies", repeat, || dependencies::check(root));
            }
            Self::Shipped => {
                let repeat = "cargo xtask lint --only shipped";
                phases.run("shipped features", repeat, || shipped::check(root));
            }
            Self::Codegen => {
                phases.step("generated code", root, &codegen_command::check());
            }
            Self::Clippy => {
                let clippy =
                    "cargo clippy --workspace --all-targets --all-features --locked --keep-going";
                let step = Step::new(clippy).args(["--", "-D", "warnings"]);
                phases.step("clippy", root, &step);
            }
            Self::Docs => {
                let step = Step::new("cargo doc --workspace --no-deps --locked --keep-going");
                phases.step(
                    "documentation",
                    root,
                    &step.var("RUSTDOCFLAGS", "-D warnings"),
                );
            }
        }
    }
}
