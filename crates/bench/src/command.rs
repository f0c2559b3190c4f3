use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Parser;

use crate::echo;
use crate::load_command::LoadCommand;
#[cfg(feature = "real")]
use crate::{
    failover, lookups, new_groups,
    report::Report,
    settings::{Row, Settings},
};

/// The command line.
#[derive(Debug, Parser)]
#[command(name = "groupkeeper-bench")]
enum Command {
    /// Measures and writes the report.
    #[cfg(feature = "real")]
    Run(Settings),
    /// A server that sends back what it is sent, until its input ends.
    Echo,
    /// Puts a load on one running gateway: to look at what it does meanwhile.
    Load(LoadCommand),
}

/// Runs the program on its command line: 0 when all was measured and every answer was right.
pub fn run() -> ExitCode {
    match command(&Command::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("\nfailed: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn command(command: &Command) -> Result<()> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime
        .enable_all()
        .build()
        .context("the runtime cannot start")?;
    match command {
        Command::Echo => runtime.block_on(echo::serve()),
        Command::Load(load) => runtime.block_on(load.run()),
        #[cfg(feature = "real")]
        Command::Run(settings) => runtime.block_on(Box::pin(measure(settings))),
    }
}

#[cfg(feature = "real")]
async fn measure(settings: &Settings) -> Result<()> {
    let mut report = Report::new(settings);
    for row in settings.rows() {
        println!("\n== {}", row.title());
        match row {
            Row::Lookups => report.add(Box::pin(lookups::measure(settings)).await?),
            Row::NewGroups => report.add(Box::pin(new_groups::measure(settings)).await?),
            Row::Failover => report.add(Box::pin(failover::measure(settings)).await?),
        }
        // What was measured before a row fails is not lost.
        report.write(settings)?;
    }
    Ok(())
}
