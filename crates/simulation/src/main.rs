//! Runs seeds, and says what broke and how to see it again.
#![allow(
    clippy::print_stdout,
    reason = "a command-line tool talks on its standard output"
)]

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;

use clap::Parser;
use groupkeeper_simulation::{Counts, Outcome, run};

#[derive(Parser)]
struct Args {
    /// How many seeds to run.
    #[arg(long, default_value_t = 100)]
    seeds: u64,
    /// The first of them.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// This seed alone.
    #[arg(long)]
    seed: Option<u64>,
    /// With --seed: prints everything that happens, not only the last of it.
    #[arg(long)]
    trace: bool,
    /// Goes on after a failure.
    #[arg(long)]
    all: bool,
    /// How many seeds to run at once; 0 for as many as there are processors.
    #[arg(long, default_value_t = 0)]
    threads: usize,
}

/// How much of a failed run is shown unasked.
const TAIL: usize = 60;
/// Fewer seeds than this need not see every kind of event.
const ENOUGH: u64 = 200;

fn main() -> ExitCode {
    let args = Args::parse();
    if let Some(seed) = args.seed {
        let outcome = run(seed, true);
        show(&outcome, if args.trace { usize::MAX } else { TAIL });
        return ExitCode::from(u8::from(outcome.broken.is_some()));
    }
    let (total, failed) = run_all(&args);
    println!("\n{total}");
    let missing = total.missing();
    if args.seeds >= ENOUGH && !missing.is_empty() {
        println!("never seen: {}", missing.join(", "));
        return ExitCode::FAILURE;
    }
    println!("{failed} of {} seeds failed", args.seeds);
    ExitCode::from(u8::from(failed > 0))
}

/// Runs seeds on several threads; each seed by itself is one thread's.
fn run_all(args: &Args) -> (Counts, u64) {
    let next = AtomicU64::new(args.from);
    let stop = AtomicBool::new(false);
    let end = args.from.saturating_add(args.seeds);
    let threads = match args.threads {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    };
    let (done, outcomes) = mpsc::sync_channel::<Outcome>(threads);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let done = done.clone();
            let (next, stop) = (&next, &stop);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end || done.send(run(seed, false)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(done);
        let mut total = Counts::default();
        let (mut ran, mut failed) = (0, 0);
        for outcome in outcomes {
            ran += 1;
            total.add(&outcome.counts);
            if outcome.broken.is_some() {
                failed += 1;
                if args.all {
                    show(&outcome, 0);
                } else if !stop.swap(true, Ordering::Relaxed) {
                    show(&run(outcome.seed, true), TAIL);
                }
            }
            if ran % 100 == 0 {
                println!("{ran} of {} seeds, {failed} failed", args.seeds);
            }
        }
        (total, failed)
    })
}

fn show(outcome: &Outcome, tail: usize) {
    let from = outcome.trace.len().saturating_sub(tail);
    for line in &outcome.trace[from..] {
        println!("{line}");
    }
    if let Some(broken) = &outcome.broken {
        let (seed, steps) = (outcome.seed, outcome.steps);
        println!(
            "seed {seed}, step {steps}: {}: {}",
            broken.invariant, broken.what
        );
        println!("  again: cargo xtask simulate --seed {seed} --trace");
    } else {
        println!(
            "seed {}: all well after {} steps",
            outcome.seed, outcome.steps
        );
    }
}
