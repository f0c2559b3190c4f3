//! A seed is a run, and a run is worth something.
//!
//! Each test is a process of its own where it runs a seed, as seeds are always run.

use std::process::Command;

use groupkeeper_whole_stack::Outcome;

fn run(seed: u64) -> Outcome {
    let program = env!("CARGO_BIN_EXE_whole-stack");
    let seed = seed.to_string();
    let args = ["--json", "--seed", &seed];
    let output = Command::new(program)
        .args(args)
        .output()
        .expect("it starts");
    let said = String::from_utf8(output.stdout).expect("text");
    serde_json::from_str(said.lines().last().unwrap_or_default()).expect("an outcome")
}

#[test]
fn a_seed_runs_to_its_end_and_all_is_well() {
    let outcome = run(1);
    assert_eq!(outcome.broken, None, "{:#?}", outcome.trace);
    assert!(outcome.lines > 1_000, "something happens");
    assert_eq!(outcome.counts.of("answers after healing"), 50);
    assert!(outcome.counts.of("gRPC heartbeats") > 100);
}

/// Only where a seed chooses what Tokio would draw at random: `cargo xtask whole-stack` and
/// `cargo xtask test` build so.
#[cfg(tokio_unstable)]
#[test]
fn one_seed_is_one_run() {
    let (first, again) = (run(0), run(0));
    assert_eq!(first.trace, again.trace);
    assert_eq!(first.hash, again.hash, "the same, line by line");
    assert_eq!(first.lines, again.lines);
    assert_ne!(run(2).hash, first.hash);
}
