//! `cargo xtask e2e --runs N`: the scenarios of faults, again and again, and what was measured.
//!
//! Both programs are built once and copied, so that whatever is edited meanwhile changes no run.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, anyhow, bail};
use cargo_metadata::Message;

use crate::e2e::{FEATURE, PACKAGE};
use crate::phases::{Phases, Stopwatch};
use crate::report::{Outcome, Report};
use crate::step::Step;
use crate::tools::Tools;

/// The test binary with the scenarios.
const TESTS: &str = "scenarios";

/// What is run.
struct Programs {
    gateway: PathBuf,
    tests: PathBuf,
}

/// Builds, runs, and writes the report anew after each run.
///
/// A figure that is not reached is no failure: the report says so.
pub(crate) fn run(
    tools: &Tools,
    root: &Path,
    phases: &mut Phases,
    runs: u32,
    scenario: Option<&str>,
) {
    let out = root.join("target").join("e2e");
    let mut programs = None;
    let mut names = Vec::new();
    phases.run("build the scenarios", "cargo xtask e2e --runs 1", || {
        let built = build(root, &out)?;
        names = list(&built, root, scenario)?;
        programs = Some(built);
        Ok(())
    });
    let Some(programs) = programs.filter(|_| phases.all_passed()) else {
        return;
    };
    let mut report = Report::new(&commit(root), runs);
    for run in 1..=runs {
        let folder = out.join("runs").join(format!("{run:02}"));
        let repeat = format!("cargo xtask e2e --runs {runs}");
        phases.run(&format!("scenarios, run {run} of {runs}"), &repeat, || {
            clear(&folder)?;
            let mut failed = Vec::new();
            for name in &names {
                let outcome = one(&programs, tools, root, &folder, name)?;
                if outcome.has_failed() {
                    failed.push(outcome.scenario.clone());
                }
                report.add(run, outcome);
                report.write(&out)?;
            }
            if failed.is_empty() {
                return Ok(());
            }
            bail!("{} (see {})", failed.join(", "), folder.display())
        });
    }
    println!("\n{}", report.summary());
    println!("written to {}", out.join("report.md").display());
}

/// Runs one scenario. Its output and its history are kept only when it fails.
fn one(
    programs: &Programs,
    tools: &Tools,
    root: &Path,
    folder: &Path,
    name: &str,
) -> Result<Outcome> {
    let scenario = name.rsplit("::").next().unwrap_or(name);
    let watch = Stopwatch::start();
    let mut step = Step::program(&programs.tests)
        .args(["--exact", name, "--nocapture"])
        .var("GROUPKEEPER_BIN", &programs.gateway)
        .var("GROUPKEEPER_E2E_OUT", folder);
    for (name, path) in tools.vars() {
        step = step.var(name, path);
    }
    let log = folder.join(format!("{scenario}.log"));
    let output = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
    let errors = output.try_clone().context("cannot write the log twice")?;
    let status = step
        .command(root)
        .stdout(Stdio::from(output))
        .stderr(Stdio::from(errors))
        .status()
        .context("cannot start the scenario")?;
    let left = fs::read(folder.join(format!("{scenario}.json"))).ok();
    let left = left.and_then(|left| serde_json::from_slice(&left).ok());
    let mut outcome = left.unwrap_or_else(|| Outcome::without_figures(scenario));
    outcome.passed = status.success();
    println!(
        "  {} {scenario} after {watch}",
        if outcome.passed { "ok    " } else { "FAILED" }
    );
    if outcome.passed {
        for file in [log, folder.join(format!("{scenario}.history.jsonl"))] {
            fs::remove_file(&file).with_context(|| format!("cannot remove {}", file.display()))?;
        }
    }
    Ok(outcome)
}

fn build(root: &Path, out: &Path) -> Result<Programs> {
    let gateway =
        Step::new("cargo build --locked --release --package groupkeeper --bin groupkeeper");
    let tests = Step::new("cargo test --locked --no-run")
        .args(["--package", PACKAGE, "--features", FEATURE])
        .args(["--test", TESTS]);
    let bin = out.join("bin");
    fs::create_dir_all(&bin).with_context(|| format!("cannot make {}", bin.display()))?;
    let keep = |step: &Step, name: &str| {
        let to = bin.join(name);
        let built = executable(step, root, name)?;
        // One that runs still can be replaced, and not be written into.
        fs::remove_file(&to).ok();
        fs::copy(&built, &to).with_context(|| format!("cannot copy {}", built.display()))?;
        Ok::<_, anyhow::Error>(to)
    };
    Ok(Programs {
        gateway: keep(&gateway, "groupkeeper")?,
        tests: keep(&tests, TESTS)?,
    })
}

/// Builds something, and says where the program of this name is.
fn executable(step: &Step, root: &Path, name: &str) -> Result<PathBuf> {
    println!("\n$ {step}");
    let output = step
        .clone()
        .arg("--message-format=json-render-diagnostics")
        .command(root)
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start cargo")?;
    if !output.status.success() {
        bail!("`{step}` ended with {}", output.status);
    }
    for message in Message::parse_stream(output.stdout.as_slice()) {
        let message = message.context("cargo says what it built in an unknown way")?;
        if let Message::CompilerArtifact(artifact) = message
            && artifact.target.name == name
            && let Some(executable) = artifact.executable
        {
            return Ok(executable.into());
        }
    }
    bail!("`{step}` built no program {name}")
}

/// The full names of the scenarios.
fn list(programs: &Programs, root: &Path, scenario: Option<&str>) -> Result<Vec<String>> {
    let listed = Step::program(&programs.tests).args(["--list", "--format", "terse"]);
    let listed = listed
        .command(root)
        .output()
        .context("cannot list the scenarios")?;
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    let names = listed
        .lines()
        .filter_map(|line| line.strip_suffix(": test"));
    let wanted = names.filter(|name| scenario.is_none_or(|scenario| name.contains(scenario)));
    let names: Vec<String> = wanted.map(str::to_owned).collect();
    if names.is_empty() {
        return Err(anyhow!("there is no such scenario; there are:\n{listed}"));
    }
    Ok(names)
}

fn commit(root: &Path) -> String {
    let said = Step::new("git describe --always --dirty")
        .command(root)
        .output();
    let said = said.ok().filter(|said| said.status.success());
    said.map_or("unknown".to_owned(), |said| {
        String::from_utf8_lossy(&said.stdout).trim().to_owned()
    })
}

fn clear(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot clear {}", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))
}
