//! What a leader of a very large fleet has to do: the shipped state machine, told of ten thousand
//! gateways and ten million groups, with a store that does as it is told.
#![allow(
    clippy::print_stdout,
    reason = "a command-line tool talks on its standard output"
)]

mod cpu;
mod fleet;
mod placed;
mod report;
mod stages;
mod store;

use std::process::ExitCode;

use clap::Parser;

use crate::stages::Stages;

/// How large a fleet.
#[derive(Debug, Clone, Parser)]
pub(crate) struct Args {
    /// Gateways, the leader included.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(20..=60_000))]
    gateways: u32,
    /// Groups.
    #[arg(long, default_value_t = 10_000_000, value_parser = clap::value_parser!(u32).range(1_000..=100_000_000))]
    groups: u32,
    /// The most groups of one gateway, in percent over the mean; without it there is no cap.
    #[arg(long)]
    cap: Option<u32>,
}

fn main() -> ExitCode {
    let args = Args::parse();
    match Stages::new(args).run() {
        Ok(report) => {
            println!("\n{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("failed: {error:#}");
            ExitCode::FAILURE
        }
    }
}
