//! Searches the named bounds, and prints what was found.
#![allow(
    clippy::print_stdout,
    reason = "a command-line tool talks on its standard output"
)]

mod mutated;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use groupkeeper_model::{Bounds, Config, Kind, Outcome, per_second, search};

#[derive(Parser)]
struct Args {
    /// Which searches to run: small, ci or wide.
    #[arg(long, default_value = "ci", value_parser = config)]
    config: Config,
    /// The one of them with this name alone.
    #[arg(long)]
    only: Option<String>,
    /// How many threads search; 0 for as many as there are processors.
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// Puts known bugs in, one after the other, and wants each to be found.
    #[arg(long, conflicts_with_all = ["config", "mutation", "only"])]
    mutations: bool,
    /// Puts this known bug in.
    #[arg(long, value_name = "NAME")]
    mutation: Option<String>,
}

fn config(name: &str) -> Result<Config, String> {
    let names = Config::NAMES.join(", ");
    Config::named(name).ok_or_else(|| format!("there is {names}"))
}

fn main() -> ExitCode {
    let args = Args::parse();
    let threads = match args.threads {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    };
    let well = match &args.mutation {
        _ if args.mutations => mutated::all(threads),
        Some(name) => mutated::with(name, || run(&args, threads)),
        None => run(&args, threads),
    };
    ExitCode::from(u8::from(!well))
}

fn run(args: &Args, threads: usize) -> bool {
    let (mut unique, mut states, mut took, mut well) = (0, 0, Duration::ZERO, true);
    let mut counts = vec![0; Kind::ALL.len()];
    let wanted = |bounds: &&Bounds| args.only.as_deref().is_none_or(|only| bounds.name == only);
    for bounds in args.config.searches.iter().filter(wanted) {
        println!("{}: {:?}", bounds.name, bounds.budget);
        let outcome = search(bounds.clone(), threads, &mut std::io::stdout());
        well &= show(&outcome);
        unique += outcome.unique;
        states += outcome.states;
        took += outcome.took;
        for (count, kind) in counts.iter_mut().zip(Kind::ALL) {
            *count += outcome.seen.count(*kind);
        }
    }
    println!("\nCome upon, in steps of the search:");
    for (count, kind) in counts.iter().zip(Kind::ALL) {
        println!("{count:>12} {}", kind.name());
    }
    let rate = per_second(states, took);
    let config = &args.config;
    println!(
        "\n{}: {states} states, {unique} unique, {:.0} s, {rate} states/s",
        config.name,
        took.as_secs_f64()
    );
    if args.only.is_none() && unique < config.at_least {
        println!(
            "that is too little: {} unique states are the least",
            config.at_least
        );
        return false;
    }
    well
}

/// Prints what came of a search; whether all is well.
fn show(outcome: &Outcome) -> bool {
    let Outcome {
        states,
        unique,
        depth,
        took,
        ..
    } = outcome;
    let rate = per_second(*states, *took);
    println!(
        "    {states} states, {unique} unique, depth {depth}, {:.1} s, {rate} states/s",
        took.as_secs_f64()
    );
    for kind in &outcome.unseen {
        println!("    never seen: {}", kind.name());
    }
    if let Some(broken) = &outcome.broken {
        println!("    broken: {}, by", broken.property);
        for line in &broken.path {
            println!("  {line}");
        }
    }
    outcome.broken.is_none() && outcome.unseen.is_empty()
}
