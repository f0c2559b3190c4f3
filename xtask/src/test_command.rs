//! `cargo xtask test`: every test there is.

use anyhow::Result;

use crate::bench::Bench;
use crate::e2e;
use crate::model;
use crate::phases::Phases;
use crate::scale::Scale;
use crate::setup;
use crate::simulate;
use crate::step::Step;
use crate::tally::Tally;
use crate::whole_stack;
use crate::workspace;

/// Sets up, builds and runs everything; a part that fails stops no other that can run without it.
///
/// # Errors
/// When a test fails, is skipped, or the outside parts cannot be installed.
pub(crate) fn run() -> Result<()> {
    let root = workspace::root();
    let mut phases = Phases::new();
    let mut tally = Tally::default();
    let mut parts = None;
    phases.run("setup", "cargo xtask setup", || {
        setup::ready().map(|tools| parts = Some(tools))
    });
    let everything = Step::new("cargo test --workspace --locked --no-fail-fast");
    phases.run(
        "unit, integration and doc tests",
        &everything.to_string(),
        || Tally::of(&everything, &root, &mut tally),
    );
    phases.run(
        "protobuf generator",
        "cargo test --package xtask --features codegen",
        || {
            let step =
                Step::new("cargo test --locked --package xtask --features codegen --bin codegen");
            Tally::of(&step, &root, &mut tally)
        },
    );
    model::test(&mut phases, &root);
    simulate::test(&mut phases, &root);
    whole_stack::test(&mut phases, &root);
    Scale::QUICK.phase(&mut phases);
    phases.step("build groupkeeper", &root, &e2e::build());
    phases.run("tests on real parts", "cargo xtask e2e", || match &parts {
        Some(tools) => Tally::of(
            &e2e::step(tools, &workspace::members()?, None)?,
            &root,
            &mut tally,
        ),
        None => anyhow::bail!("not run: setup failed"),
    });
    if let Some(tools) = &parts {
        Bench::QUICK.phases(&mut phases, &root, tools)?;
    }
    let outcome = phases.finish();
    println!("\n{tally}");
    outcome
}
