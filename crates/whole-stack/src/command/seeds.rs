//! Many seeds, each in a process of its own: whatever a process counts or draws once begins anew, so
//! that a seed is the same run alone and among others.

use std::io;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;

use groupkeeper_simulation::Progress;
use groupkeeper_whole_stack::{Counts, Outcome, REPLAYS};

use crate::{Args, one};

/// Processes at once.
const AT_ONCE: usize = 2;
/// Fewer seeds than this need not see every kind of event.
const ENOUGH: u64 = 50;

/// Runs seeds up to the first failure, or all; says whether all was well.
pub(crate) fn run_all(args: &Args) -> io::Result<bool> {
    let replayed = replays(args)?;
    let next = AtomicU64::new(args.from);
    let stop = AtomicBool::new(false);
    let end = args.from.saturating_add(args.seeds);
    let (done, outcomes) = mpsc::sync_channel(AT_ONCE);
    let (mut counts, mut ran, mut failed) = (Counts::default(), 0, 0);
    let mutation = args.mutation();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            let done = done.clone();
            let (next, stop) = (&next, &stop);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end || done.send(child(seed, mutation)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(done);
        let mut progress = Progress::of(args.seeds);
        for outcome in outcomes {
            let outcome = outcome?;
            ran += 1;
            counts.sum(&outcome.counts);
            if outcome.broken.is_some() {
                failed += 1;
                one::show(&outcome, mutation, failed == 1);
                stop.store(!args.all, Ordering::Relaxed);
            }
            progress.tell(ran, failed);
        }
        io::Result::Ok(())
    })?;
    println!("\n{counts}");
    println!("{failed} of {ran} seeds failed");
    let missing = counts.missing();
    if ran >= ENOUGH && !missing.is_empty() {
        println!("never seen: {}", missing.join(", "));
        return Ok(false);
    }
    Ok(failed == 0 && replayed)
}

/// The first seed twice: a run that can't be repeated proves little, and can't be looked into.
fn replays(args: &Args) -> io::Result<bool> {
    if !REPLAYS {
        println!("this build does not replay its seeds line by line; cargo xtask whole-stack does");
        return Ok(true);
    }
    let (seed, mutation) = (args.from, args.mutation());
    let (first, again) = (child(seed, mutation)?, child(seed, mutation)?);
    let same = first.hash == again.hash && first.lines == again.lines;
    let (one, two) = (first.hash, again.hash);
    if same {
        println!(
            "seed {seed} twice: {} lines, {one:016x} both times",
            first.lines
        );
    } else {
        println!("seed {seed} is not one run: {one:016x}, then {two:016x}");
    }
    Ok(same)
}

/// Runs a seed in a process of its own.
fn child(seed: u64, mutation: Option<&str>) -> io::Result<Outcome> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--json", "--seed", &seed.to_string()]);
    if let Some(mutation) = mutation {
        command.args(["--mutation", mutation]);
    }
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    let last = said.lines().next_back().unwrap_or_default();
    serde_json::from_str(last).map_err(|_| {
        let (status, how) = (output.status, "cargo xtask whole-stack --seed");
        io::Error::other(format!(
            "seed {seed} ended with {status}: {last}\n  again: {how} {seed} --trace"
        ))
    })
}
