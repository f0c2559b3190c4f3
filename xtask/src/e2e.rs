//! `cargo xtask e2e`: the tests on real parts, which need a store, Python and the built binary.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, bail};
use cargo_metadata::Metadata;

use crate::phases::Phases;
use crate::scenarios;
use crate::setup;
use crate::step::Step;
use crate::tally::Tally;
use crate::tools::Tools;
use crate::workspace;

/// The package of the tests that span crates, and the feature without which the real ones are not built.
pub(crate) const PACKAGE: &str = "groupkeeper-tests";
pub(crate) const FEATURE: &str = "real";

/// Options of `cargo xtask e2e`.
#[derive(clap::Args)]
pub(crate) struct E2e {
    /// Only tests with this in their name.
    filter: Option<String>,
    /// Runs the scenarios of faults alone, so many times, in a release build, and writes what was
    /// measured to target/e2e/report.md and report.json.
    #[arg(long, conflicts_with = "filter", value_parser = clap::value_parser!(u32).range(1..))]
    runs: Option<u32>,
    /// With --runs: only scenarios with this in their name.
    #[arg(long, value_name = "NAME", requires = "runs")]
    scenario: Option<String>,
}

impl E2e {
    /// Sets up, builds and runs.
    ///
    /// # Errors
    /// When a test fails, or none matches the filter.
    pub(crate) fn run(&self) -> Result<()> {
        let root = workspace::root();
        let mut phases = Phases::new();
        let mut tally = Tally::default();
        let mut parts = None;
        phases.run("setup", "cargo xtask setup", || {
            setup::ready().map(|tools| parts = Some(tools))
        });
        let Some(tools) = parts else {
            return phases.finish();
        };
        if let Some(runs) = self.runs {
            scenarios::run(&tools, &root, &mut phases, runs, self.scenario.as_deref());
            return phases.finish();
        }
        phases.step("build groupkeeper", &root, &build());
        let step = step(&tools, &workspace::members()?, self.filter.as_deref())?;
        if phases.all_passed() {
            phases.run("real parts", &self.repeat(), || {
                Tally::of(&step, &root, &mut tally)
            });
        }
        let outcome = phases.finish();
        println!("\n{tally}");
        outcome
    }

    fn repeat(&self) -> String {
        let filter = self.filter.as_ref().map(|filter| format!(" {filter}"));
        format!("cargo xtask e2e{}", filter.unwrap_or_default())
    }
}

/// Builds the binary that the tests start.
pub(crate) fn build() -> Step {
    Step::new("cargo build --locked --package groupkeeper")
}

/// The command that runs the tests on real parts.
///
/// # Errors
/// When there is no such test.
pub(crate) fn step(tools: &Tools, workspace: &Metadata, filter: Option<&str>) -> Result<Step> {
    let names = real_tests(workspace)?;
    let mut step = Step::new("cargo test --locked --no-fail-fast")
        .args(["--package", PACKAGE, "--features", FEATURE])
        .args(names.iter().flat_map(|name| ["--test", name]))
        .var("GROUPKEEPER_BIN", binary(workspace));
    for (name, path) in tools.vars() {
        step = step.var(name, path);
    }
    Ok(match filter {
        Some(filter) => step.arg("--").arg(filter),
        None => step,
    })
}

/// The test binaries that ask for the feature, so that the rest is not run a second time.
fn real_tests(workspace: &Metadata) -> Result<Vec<&str>> {
    let package = workspace
        .packages
        .iter()
        .find(|package| package.name == PACKAGE);
    let package = package.ok_or_else(|| anyhow!("the workspace has no package {PACKAGE}"))?;
    let real = package.targets.iter().filter(|target| {
        target.is_test()
            && target
                .required_features
                .iter()
                .any(|feature| feature == FEATURE)
    });
    let names: Vec<_> = real.map(|target| target.name.as_str()).collect();
    if names.is_empty() {
        bail!("{PACKAGE} has no test with required-features = [\"{FEATURE}\"]");
    }
    Ok(names)
}

fn binary(workspace: &Metadata) -> PathBuf {
    let target: &Path = workspace.target_directory.as_std_path();
    target
        .join("debug")
        .join(format!("groupkeeper{}", std::env::consts::EXE_SUFFIX))
}
