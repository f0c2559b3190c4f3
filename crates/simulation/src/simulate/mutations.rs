//! Known bugs, put in one after the other: each must be seen, or the simulation is blind to it.

use std::process::ExitCode;

use groupkeeper_simulation::Mix;
use groupkeeper_types::mutation::{Mutation, with};

use crate::seeds;

/// A mutation by its name.
pub(crate) fn parse(name: &str) -> Result<Mutation, String> {
    let names = || Mutation::ALL.iter().map(|one| one.name());
    Mutation::parse(name).ok_or_else(|| {
        let known = names().collect::<Vec<_>>().join(", ");
        format!("no such mutation; there are {known}")
    })
}

/// Runs up to so many seeds with each; fails when one is not caught.
pub(crate) fn run_all(from: u64, seeds: u64, mix: &Mix, threads: usize) -> ExitCode {
    println!(
        "{:<22} {:<28} {:>6} {:>6}",
        "mutation", "caught by", "seed", "seeds"
    );
    let mut survived = Vec::new();
    for mutation in Mutation::ALL {
        let _with = with(Some(*mutation));
        let sum = seeds::run_all(from, seeds, mix, threads, false, false, |_, _| {});
        let name = mutation.name();
        if let Some((outcome, broken)) = sum
            .first
            .as_ref()
            .and_then(|it| Some((it, it.broken.as_ref()?)))
        {
            let (invariant, seed) = (broken.invariant, outcome.seed);
            println!("{name:<22} {invariant:<28} {seed:>6} {:>6}", sum.ran);
        } else {
            println!("{name:<22} {:<28} {:>6} {:>6}", "SURVIVES", "", sum.ran);
            survived.push(name);
        }
    }
    if survived.is_empty() {
        println!("all {} mutations are caught", Mutation::ALL.len());
        println!("  to see one: cargo xtask simulate --mutation NAME --seed N --trace");
        return ExitCode::SUCCESS;
    }
    println!("not caught in {seeds} seeds: {}", survived.join(", "));
    ExitCode::FAILURE
}
