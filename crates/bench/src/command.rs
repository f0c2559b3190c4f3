use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Parser;

use crate::echo;
use crate::load_command::LoadCommand;
#[cfg(feature = "real")]
use crate::{
    failover, leaders, lookups, memory, new_groups,
    report::{Report, Section},
    settings::{Row, Settings},
    take_over,
};
#[cfg(feature = "real")]
use tokio::task::JoinSet;

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
    let mut failed = Vec::new();
    for row in settings.rows() {
        println!("\n== {}", row.title());
        let start = tokio::time::Instant::now();
        match measured(row, settings).await {
            Ok(section) => report.add(section),
            Err(error) => {
                println!("failed: {error:#}");
                report.failed(row, &error);
                failed.push(row.title());
            }
        }
        println!("({:.0} s)", start.elapsed().as_secs_f64());
        // What was measured before a row fails is not lost, nor is what comes after it.
        report.write(settings)?;
    }
    anyhow::ensure!(failed.is_empty(), "{}", failed.join("; "));
    Ok(())
}

/// Measures one row in a task of its own: a helper that panics fails its row and no other.
#[cfg(feature = "real")]
async fn measured(row: Row, settings: &Settings) -> Result<Section> {
    let settings = settings.clone();
    let mut task = JoinSet::new();
    task.spawn(async move {
        match row {
            Row::Lookups => Box::pin(lookups::measure(&settings)).await,
            Row::NewGroups => Box::pin(new_groups::measure(&settings)).await,
            Row::Failover => Box::pin(failover::measure(&settings)).await,
            Row::TakeOver => Box::pin(take_over::measure(&settings)).await,
            Row::Memory => memory::measure(&settings).await,
            Row::Leaders => Box::pin(leaders::measure(&settings)).await,
        }
    });
    let ended = task.join_next().await.context("a task was started")?;
    ended.context("what measures it panicked")?
}
