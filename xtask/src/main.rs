//! Developer commands: one file each, run as `cargo xtask <command>`.
#![allow(
    clippy::print_stdout,
    reason = "a command-line tool talks on its standard output"
)]

mod bench;
mod codegen_command;
mod dependencies;
mod e2e;
mod fix;
mod lint;
mod model;
mod phases;
mod report;
mod rules;
mod scale;
mod scenarios;
mod setup;
mod simulate;
mod step;
mod tally;
mod test_command;
mod tools;
mod whole_stack;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Everything a developer or a build machine runs on this repository.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Installs the outside parts the tests need under target/tools.
    Setup,
    /// Runs every test, the ones on real parts included.
    Test,
    /// Runs the tests on real parts alone: a real store, real processes, real clients.
    E2e(e2e::E2e),
    /// Checks format, lints, docs, generated code, licences and the repository's rules; writes nothing.
    Lint(lint::Lint),
    /// Searches every order of events within bounds for a broken promise, in a release build.
    Model(model::Model),
    /// Runs simulated fleets under seeds, in a release build.
    Simulate(simulate::Simulate),
    /// Runs fleets of real registries and real gRPC on a simulated network under seeds.
    WholeStack(whole_stack::WholeStack),
    /// Measures gateways beside the reference and an echo server, in a release build.
    Bench(bench::Bench),
    /// Shows what a leader of a very large fleet has to do, in simulated time and a release build.
    Scale(scale::Scale),
    /// Formats, regenerates code and applies the lints' own suggestions.
    Fix,
    /// Regenerates the protobuf code alone.
    Codegen,
}

fn main() -> ExitCode {
    let outcome = match Args::parse().command {
        Command::Setup => setup::run(),
        Command::Test => test_command::run(),
        Command::E2e(e2e) => e2e.run(),
        Command::Lint(lint) => lint.run(),
        Command::Model(model) => model.run(),
        Command::Simulate(simulate) => simulate.run(),
        Command::WholeStack(whole_stack) => whole_stack.run(),
        Command::Bench(bench) => bench.run(),
        Command::Scale(scale) => scale.run(),
        Command::Fix => fix::run(),
        Command::Codegen => codegen_command::run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("\nfailed: {error:#}");
            ExitCode::FAILURE
        }
    }
}
