//! Runs seeds, and says what broke and how to see it again.
#![allow(
    clippy::print_stdout,
    reason = "a command-line tool talks on its standard output"
)]

#[cfg(feature = "mutations")]
mod mutations;
mod seeds;

use std::process::ExitCode;

use clap::Parser;
use groupkeeper_simulation::{Mix, Outcome, run};

#[derive(Parser)]
struct Args {
    /// How many seeds to run; with --mutations, the most for each.
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
    /// Faults to have besides the usual ones, by their names, with commas between them; `all` for all.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    with: Vec<String>,
    /// Goes on after a failure.
    #[arg(long)]
    all: bool,
    /// How many seeds to run at once; 0 for as many as there are processors.
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// Puts every known bug in, one after the other, until a seed shows it.
    #[cfg(feature = "mutations")]
    #[arg(long, conflicts_with_all = ["seed", "all"])]
    mutations: bool,
    /// Puts this known bug in.
    #[cfg(feature = "mutations")]
    #[arg(long, value_parser = mutations::parse, conflicts_with = "mutations")]
    mutation: Option<groupkeeper_types::mutation::Mutation>,
}

/// How much of a failed run is shown unasked.
const TAIL: usize = 60;
/// Fewer seeds than this need not see every kind of event.
const ENOUGH: u64 = 200;

fn main() -> ExitCode {
    let args = Args::parse();
    let mix = match args.with.as_slice() {
        [all] if all == "all" => Ok(Mix::all()),
        names => Mix::with(names),
    };
    let mix = match mix {
        Ok(mix) => mix,
        Err(error) => {
            println!("{error}");
            return ExitCode::FAILURE;
        }
    };
    #[cfg(feature = "mutations")]
    if args.mutations {
        return mutations::run_all(args.from, args.seeds, &mix, threads(args.threads));
    }
    #[cfg(feature = "mutations")]
    let _with = groupkeeper_types::mutation::with(args.mutation);
    if let Some(seed) = args.seed {
        let outcome = run(seed, &mix, true);
        show(&outcome, &mix, if args.trace { usize::MAX } else { TAIL });
        return ExitCode::from(u8::from(outcome.broken.is_some()));
    }
    let told = |outcome: &Outcome, first: bool| {
        if args.all {
            show(outcome, &mix, 0);
        } else if first {
            show(&run(outcome.seed, &mix, true), &mix, TAIL);
        }
    };
    let threads = threads(args.threads);
    let sum = seeds::run_all(args.from, args.seeds, &mix, threads, args.all, true, told);
    println!("\n{}", sum.counts);
    let missing = sum.counts.missing(&mix);
    if args.seeds >= ENOUGH && !missing.is_empty() {
        println!("never seen: {}", missing.join(", "));
        return ExitCode::FAILURE;
    }
    println!("{} of {} seeds failed", sum.failed, sum.ran);
    ExitCode::from(u8::from(sum.failed > 0))
}

fn threads(wanted: usize) -> usize {
    match wanted {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    }
}

fn show(outcome: &Outcome, mix: &Mix, tail: usize) {
    let from = outcome.trace.len().saturating_sub(tail);
    for line in &outcome.trace[from..] {
        println!("{line}");
    }
    let (seed, steps) = (outcome.seed, outcome.steps);
    let Some(broken) = &outcome.broken else {
        return println!("seed {seed}: all well after {steps} steps");
    };
    let (invariant, what) = (broken.invariant, &broken.what);
    println!("seed {seed}, step {steps}: {invariant}: {what}");
    let names = mix.names().join(",");
    let with = if names.is_empty() {
        String::new()
    } else {
        format!(" --with {names}")
    };
    println!("  again: cargo xtask simulate --seed {seed}{with} --trace");
}
