//! `cargo xtask bench`: gateways beside the reference and an echo server, measured in one run.

use std::path::Path;

use anyhow::Result;
use cargo_metadata::Metadata;

use crate::phases::Phases;
use crate::setup;
use crate::step::Step;
use crate::tools::Tools;
use crate::workspace;

/// Where a published report stands in the repository.
const PUBLISHED: &str = "docs/benchmarks.md";

/// Options of `cargo xtask bench`.
#[derive(clap::Args)]
pub(crate) struct Bench {
    /// A short run of a debug build, to check that every answer is right; its figures mean nothing.
    #[arg(long)]
    quick: bool,
    /// Writes docs/benchmarks.md, too: on a machine that does nothing else meanwhile.
    #[arg(long, conflicts_with_all = ["quick", "only"])]
    publish: bool,
    /// One row alone.
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
}

impl Bench {
    /// The short form.
    pub(crate) const QUICK: Self = Self {
        quick: true,
        publish: false,
        only: None,
    };

    /// Sets up, builds and measures.
    ///
    /// # Errors
    /// When an answer is wrong, or a part does not start.
    pub(crate) fn run(&self) -> Result<()> {
        let root = workspace::root();
        let mut phases = Phases::new();
        let mut parts = None;
        phases.run("setup", "cargo xtask setup", || {
            setup::ready().map(|tools| parts = Some(tools))
        });
        if let Some(tools) = parts {
            self.phases(&mut phases, &root, &tools)?;
        }
        phases.finish()
    }

    /// Builds and measures, with the outside parts there.
    ///
    /// # Errors
    /// When cargo can't read the workspace.
    pub(crate) fn phases(&self, phases: &mut Phases, root: &Path, tools: &Tools) -> Result<()> {
        // Builds of their own: what is measured is built as it ships, without what the benchmarks ask
        // for.
        let mut built = true;
        for package in ["groupkeeper", "groupkeeper-scale", "groupkeeper-bench"] {
            let step = self.build(package);
            phases.run(&format!("build {package}"), &step.to_string(), || {
                let outcome = step.run(root);
                built &= outcome.is_ok();
                outcome
            });
        }
        if built {
            phases.step(
                "benchmarks",
                root,
                &self.step(tools, &workspace::members()?),
            );
        }
        Ok(())
    }

    fn build(&self, package: &str) -> Step {
        let mut step = Step::new("cargo build --locked").args(["--package", package]);
        if package == "groupkeeper-bench" {
            step = step.args(["--features", "real"]);
        }
        if !self.quick {
            step = step.arg("--release");
        }
        step
    }

    fn step(&self, tools: &Tools, workspace: &Metadata) -> Step {
        let target: &Path = workspace.target_directory.as_std_path();
        let built = target.join(if self.quick { "debug" } else { "release" });
        let program = |name: &str| built.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        let mut step = Step::program(program("groupkeeper-bench"))
            .arg("run")
            .arg("--out")
            .arg(target.join("bench"))
            .var("GROUPKEEPER_BIN", program("groupkeeper"))
            .var("GROUPKEEPER_MEMORY", program("groupkeeper-memory"));
        for (name, path) in tools.vars() {
            step = step.var(name, path);
        }
        if self.quick {
            step = step.arg("--quick");
        }
        if self.publish {
            step = step.args(["--publish", PUBLISHED]);
        }
        match &self.only {
            Some(only) => step.args(["--only", only]),
            None => step,
        }
    }
}
