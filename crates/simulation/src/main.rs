//! Runs seeds and says what broke, and how to see it again.
#![allow(
    clippy::print_stdout,
    reason = "a command-line tool talks on its standard output"
)]

use std::process::ExitCode;

use clap::Parser;

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
    /// Prints everything that happens.
    #[arg(long)]
    trace: bool,
    /// Goes on after a failure.
    #[arg(long)]
    all: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let seeds = match args.seed {
        Some(seed) => seed..seed + 1,
        None => args.from..args.from + args.seeds,
    };
    let mut total = groupkeeper_simulation::Counts::default();
    let mut steps = 0;
    let mut failed = 0;
    for seed in seeds {
        let outcome = groupkeeper_simulation::run(seed, args.trace);
        steps += outcome.steps;
        total.add(&outcome.counts);
        for line in &outcome.trace {
            println!("{line}");
        }
        if let Some(broken) = outcome.broken {
            failed += 1;
            println!("seed {seed} step {}: {}: {}", outcome.steps, broken.invariant, broken.what);
            if !args.all {
                break;
            }
        }
    }
    println!("{total}{steps} steps, {failed} failed");
    ExitCode::from(u8::from(failed > 0))
}
