//! One seed, in this process.

use std::io;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use groupkeeper_whole_stack::Outcome;

use crate::Args;

/// How much of a failed run is shown unasked.
const TAIL: usize = 60;
/// A run that takes longer goes round in circles: simulated time stands still in it.
const STUCK_AFTER: Duration = Duration::from_secs(120);

/// Runs a seed and tells of it; says whether all was well.
pub(crate) fn run_one(seed: u64, keeps: usize) -> io::Result<Outcome> {
    let (ended, watched) = sync_channel::<()>(0);
    let watch = thread::spawn(move || {
        if watched.recv_timeout(STUCK_AFTER) == Err(RecvTimeoutError::Timeout) {
            println!("seed {seed} has not ended after {STUCK_AFTER:?}: a task never waits");
            std::process::exit(3);
        }
    });
    let outcome = groupkeeper_whole_stack::run(seed, keeps);
    drop(ended);
    drop(watch.join());
    outcome
}

pub(crate) fn run(seed: u64, args: &Args) -> io::Result<bool> {
    let outcome = run_one(seed, if args.trace { usize::MAX } else { TAIL })?;
    if args.json {
        let line = serde_json::to_string(&outcome).map_err(io::Error::other)?;
        println!("{line}");
    } else {
        show(&outcome, args.mutation(), true);
    }
    Ok(outcome.broken.is_none())
}

/// Prints what came of a seed.
pub(crate) fn show(outcome: &Outcome, mutation: Option<&str>, trace: bool) {
    if trace {
        for line in &outcome.trace {
            println!("{line}");
        }
    }
    let (seed, lines, hash) = (outcome.seed, outcome.lines, outcome.hash);
    let Some((invariant, what)) = &outcome.broken else {
        return println!("seed {seed}: all well, {lines} lines, {hash:016x}");
    };
    let mutation = mutation.map_or_else(String::new, |it| format!(" --mutation {it}"));
    println!("seed {seed}, {lines} lines, {hash:016x}: {invariant}: {what}");
    println!("  again: cargo xtask whole-stack --seed {seed} --trace{mutation}");
}
