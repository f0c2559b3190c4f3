//! `cargo xtask simulate`: whole fleets of the state machine under seeds, in a release build.

use std::path::Path;

use anyhow::Result;

use crate::phases::Phases;
use crate::step::Step;
use crate::workspace;

/// Seeds that every test run goes through: a few minutes on two cores.
const SEEDS: u64 = 5_000;
/// Seeds of fleets whose store is as bad as a real one can be: with these faults besides, a third of them
/// parts, and loses what was written last.
const BAD_STORE_SEEDS: u64 = 2_500;
const BAD_STORE: &str = "restart,fork,cut,swap,loss,still,slow,burst";
/// Seeds of fleets of which one gateway ends with a network that carries one way, or no way at all.
const DEAF_SEEDS: u64 = 500;
/// The most seeds for each known bug; most are seen in the first few.
const MUTANT_SEEDS: u64 = 4_000;

/// Options of `cargo xtask simulate`.
#[derive(clap::Args)]
pub(crate) struct Simulate {
    /// How many seeds to run [default: 5000]; with --mutations, the most for each [default: 4000].
    #[arg(long)]
    seeds: Option<u64>,
    /// The first of them.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// This seed alone.
    #[arg(long)]
    seed: Option<u64>,
    /// With --seed: prints everything that happens.
    #[arg(long, requires = "seed")]
    trace: bool,
    /// Faults to have besides the usual ones, with commas between them; `all` for all.
    #[arg(long, value_name = "NAMES")]
    with: Option<String>,
    /// Goes on after a failure.
    #[arg(long)]
    all: bool,
    /// Puts every known bug in, one after the other, and fails when a bug is not seen.
    #[arg(long, conflicts_with_all = ["seed", "all"])]
    mutations: bool,
    /// Puts this known bug in.
    #[arg(long, value_name = "NAME", conflicts_with = "mutations")]
    mutation: Option<String>,
}

impl Simulate {
    /// Builds and runs.
    ///
    /// # Errors
    /// When an invariant breaks, or something that must happen never did.
    pub(crate) fn run(&self) -> Result<()> {
        let mut step = build(self.mutations || self.mutation.is_some());
        if let Some(seed) = self.seed {
            step = step.args(["--seed".to_owned(), seed.to_string()]);
        } else {
            let usual = if self.mutations { MUTANT_SEEDS } else { SEEDS };
            step = seeds(step, self.seeds.unwrap_or(usual));
            step = step.args(["--from".to_owned(), self.from.to_string()]);
        }
        if let Some(mutation) = &self.mutation {
            step = step.args(["--mutation", mutation]);
        }
        if let Some(with) = &self.with {
            step = step.args(["--with", with]);
        }
        let flags = [
            (self.trace, "--trace"),
            (self.all, "--all"),
            (self.mutations, "--mutations"),
        ];
        for (_, flag) in flags.iter().filter(|(wanted, _)| *wanted) {
            step = step.arg(flag);
        }
        let mut phases = Phases::new();
        phases.step("simulate", &workspace::root(), &step);
        phases.finish()
    }
}

/// What `cargo xtask test` runs: the fleets as they are, and with every known bug.
pub(crate) fn test(phases: &mut Phases, root: &Path) {
    let shipped = seeds(build(false), SEEDS);
    let repeat = "cargo xtask simulate";
    phases.run("simulated fleets", repeat, || shipped.run(root));
    let bad = seeds(build(false), BAD_STORE_SEEDS).args(["--with", BAD_STORE]);
    let repeat =
        "cargo xtask simulate --seeds 2500 --with restart,fork,cut,swap,loss,still,slow,burst";
    phases.run("simulated fleets on a bad store", repeat, || bad.run(root));
    let deaf = seeds(build(false), DEAF_SEEDS).args(["--with", "deaf"]);
    let repeat = "cargo xtask simulate --seeds 500 --with deaf";
    phases.run("simulated fleets with one out of reach", repeat, || {
        deaf.run(root)
    });
    let mutants = seeds(build(true), MUTANT_SEEDS).arg("--mutations");
    let repeat = "cargo xtask simulate --mutations";
    phases.run("simulated fleets with known bugs", repeat, || {
        mutants.run(root)
    });
}

fn build(mutations: bool) -> Step {
    let mut step = Step::new("cargo run --locked --release --package groupkeeper-simulation");
    if mutations {
        step = step.args(["--features", "mutations"]);
    }
    step.arg("--")
}

fn seeds(step: Step, seeds: u64) -> Step {
    step.args(["--seeds".to_owned(), seeds.to_string()])
}
