//! `cargo xtask whole-stack`: real registries and real gRPC on a simulated network, under seeds.

use std::path::Path;

use anyhow::Result;

use crate::phases::Phases;
use crate::step::Step;
use crate::workspace;

/// Seeds that every test run goes through: a minute on two cores.
const SEEDS: u64 = 50;

/// Lets a seed choose what Tokio would draw at random: with it alone a seed is one run, line by line.
const REPLAYS: &str = r#"build.rustflags=["--cfg","tokio_unstable"]"#;

/// Options of `cargo xtask whole-stack`.
#[derive(clap::Args)]
pub(crate) struct WholeStack {
    /// How many seeds to run, one process each.
    #[arg(long, default_value_t = SEEDS)]
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
    /// Puts this known bug in.
    #[arg(long, value_name = "NAME")]
    mutation: Option<String>,
}

impl WholeStack {
    /// Builds and runs.
    ///
    /// # Errors
    /// When an invariant breaks, or something that must happen never did.
    pub(crate) fn run(&self) -> Result<()> {
        let mut step = build("run", self.mutation.is_some()).arg("--");
        step = match self.seed {
            Some(seed) => step.args(["--seed".to_owned(), seed.to_string()]),
            None => seeds(step, self.seeds).args(["--from".to_owned(), self.from.to_string()]),
        };
        if let Some(mutation) = &self.mutation {
            step = step.args(["--mutation", mutation]);
        }
        for (_, flag) in [(self.trace, "--trace"), (self.all, "--all")]
            .iter()
            .filter(|(wanted, _)| *wanted)
        {
            step = step.arg(flag);
        }
        let mut phases = Phases::new();
        phases.step("whole stack", &workspace::root(), &step);
        phases.finish()
    }
}

/// What `cargo xtask test` runs: that seeds replay, and then many.
pub(crate) fn test(phases: &mut Phases, root: &Path) {
    let replay = build("test", false);
    phases.step("whole stack, replayed", root, &replay);
    let step = seeds(build("run", false).arg("--"), SEEDS);
    let repeat = "cargo xtask whole-stack";
    phases.run("whole stack on a simulated network", repeat, || {
        step.run(root)
    });
}

fn build(what: &str, mutations: bool) -> Step {
    let step = Step::new("cargo")
        .args([what, "--locked", "--release"])
        .args(["--package", "groupkeeper-whole-stack"])
        .args(["--config", REPLAYS]);
    if mutations {
        return step.args(["--features", "mutations"]);
    }
    step
}

fn seeds(step: Step, seeds: u64) -> Step {
    step.args(["--seeds".to_owned(), seeds.to_string()])
}
