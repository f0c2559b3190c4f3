//! `cargo xtask model`: the state machine in every order of events within bounds, in a release build.

use std::path::Path;

use anyhow::Result;

use crate::phases::Phases;
use crate::step::Step;
use crate::workspace;

/// Options of `cargo xtask model`.
#[derive(clap::Args)]
pub(crate) struct Model {
    /// Which searches: small, ci or wide.
    #[arg(long, default_value = "ci")]
    config: String,
    /// The one of them with this name alone.
    #[arg(long)]
    only: Option<String>,
    /// Puts every known bug in that the model can express, and fails when one is not found.
    #[arg(long, conflicts_with_all = ["config", "only"])]
    mutations: bool,
    /// Puts this known bug in.
    #[arg(long, value_name = "NAME", conflicts_with = "mutations")]
    mutation: Option<String>,
}

impl Model {
    /// Builds and searches.
    ///
    /// # Errors
    /// When a promise breaks, or something that must be come upon never was.
    pub(crate) fn run(&self) -> Result<()> {
        let mut step = build(self.mutations || self.mutation.is_some());
        if self.mutations {
            step = step.arg("--mutations");
        } else {
            step = step.args(["--config", &self.config]);
        }
        let options = [("--only", &self.only), ("--mutation", &self.mutation)];
        for (name, value) in options {
            step = value
                .iter()
                .fold(step, |step, value| step.args([name, value]));
        }
        let mut phases = Phases::new();
        phases.step("model", &workspace::root(), &step);
        phases.finish()
    }
}

/// What `cargo xtask test` runs: the machine as it is, and with the known bugs.
pub(crate) fn test(phases: &mut Phases, root: &Path) {
    let repeat = "cargo xtask model";
    phases.run("model", repeat, || build(false).run(root));
    let repeat = "cargo xtask model --mutations";
    let mutants = build(true).arg("--mutations");
    phases.run("model with known bugs", repeat, || mutants.run(root));
}

fn build(mutations: bool) -> Step {
    let mut step = Step::new("cargo run --locked --release --package groupkeeper-model");
    if mutations {
        step = step.args(["--features", "mutations"]);
    }
    step.arg("--")
}
