//! Runs seeds, each in a process of its own, and says what broke and how to see it again.
#![allow(
    clippy::print_stdout,
    reason = "a command-line tool talks on its standard output"
)]

mod one;
mod seeds;

use std::process::ExitCode;

use clap::Parser;

#[derive(Parser)]
struct Args {
    /// How many seeds to run.
    #[arg(long, default_value_t = 50)]
    seeds: u64,
    /// The first of them.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// This seed alone, in this process.
    #[arg(long)]
    seed: Option<u64>,
    /// With --seed: prints everything that happens, not only the last of it.
    #[arg(long, requires = "seed")]
    trace: bool,
    /// With --seed: prints what came of it as one line of JSON.
    #[arg(long, requires = "seed", hide = true)]
    json: bool,
    /// Goes on after a failure.
    #[arg(long)]
    all: bool,
    /// Puts this known bug in.
    #[cfg(feature = "mutations")]
    #[arg(long, value_parser = mutation)]
    mutation: Option<groupkeeper_types::mutation::Mutation>,
}

impl Args {
    /// The known bug that is put in, as the children and a person are told it.
    fn mutation(&self) -> Option<&'static str> {
        #[cfg(feature = "mutations")]
        return self.mutation.map(|it| it.name());
        #[cfg(not(feature = "mutations"))]
        None
    }
}

#[cfg(feature = "mutations")]
fn mutation(name: &str) -> Result<groupkeeper_types::mutation::Mutation, String> {
    use groupkeeper_types::mutation::Mutation;
    let known = Mutation::ALL.iter().map(|one| one.name());
    let known = known.collect::<Vec<_>>().join(", ");
    Mutation::parse(name).ok_or_else(|| format!("no such mutation; there are {known}"))
}

fn main() -> ExitCode {
    let args = Args::parse();
    #[cfg(feature = "mutations")]
    let _with = groupkeeper_types::mutation::with(args.mutation);
    let ended = match args.seed {
        Some(seed) => one::run(seed, &args),
        None => seeds::run_all(&args),
    };
    match ended {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            println!("cannot run: {error}");
            ExitCode::FAILURE
        }
    }
}
