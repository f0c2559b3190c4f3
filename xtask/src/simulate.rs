//! `cargo xtask simulate`: whole fleets of the state machine under seeds, in a release build.

use anyhow::Result;

use crate::phases::Phases;
use crate::step::Step;
use crate::workspace;

/// Options of `cargo xtask simulate`.
#[derive(clap::Args)]
pub(crate) struct Simulate {
    /// How many seeds to run.
    #[arg(long, default_value_t = 5_000)]
    seeds: u64,
    /// The first of them.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// This seed alone.
    #[arg(long)]
    seed: Option<u64>,
    /// With --seed: prints everything that happens.
    #[arg(long, requires = "seed")]
    trace: bool,
    /// Goes on after a failure.
    #[arg(long)]
    all: bool,
}

impl Simulate {
    /// Builds and runs.
    ///
    /// # Errors
    /// When an invariant breaks, or something that must happen never did.
    pub(crate) fn run(&self) -> Result<()> {
        let mut step = Step::new("cargo run --locked --release --package groupkeeper-simulation");
        step = step.arg("--");
        step = match self.seed {
            Some(seed) => step.args(["--seed".to_owned(), seed.to_string()]),
            None => step.args([
                "--seeds".to_owned(),
                self.seeds.to_string(),
                "--from".to_owned(),
                self.from.to_string(),
            ]),
        };
        for (wanted, flag) in [(self.trace, "--trace"), (self.all, "--all")] {
            if wanted {
                step = step.arg(flag);
            }
        }
        let mut phases = Phases::new();
        phases.step("simulate", &workspace::root(), &step);
        phases.finish()
    }
}
