//! People talking to gateways: the parts of the binary `groupkeeper`.
//!
//! [`cli`] is what can be given. [`fleet`] runs gateways, one or many, out of the other crates of
//! this project; [`query`] asks a gateway that runs.

pub mod backend_spec;
pub mod cli;
pub mod fleet;
pub mod group_calls;
mod late_groups;
mod late_registry;
pub mod listen_addr;
mod logging;
pub mod open_files;
mod output;
pub mod plan;
pub mod query;
mod signals;

use std::fmt::Display;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use thiserror::Error;

use backend_spec::BackendSpec;
use cli::{Cli, Command, FleetArgs, ServeArgs, StoreArgs};
use fleet::{Fleet, FleetError};
use open_files::Connections;
use plan::{Addresses, GatewayPlan, PlanError};

/// Why the program failed.
#[derive(Debug, Error)]
enum Failure {
    #[error(transparent)]
    Logging(#[from] logging::InvalidFilter),
    #[error("the program can't start its threads: {0}")]
    Runtime(#[source] io::Error),
    #[error(transparent)]
    Files(#[from] open_files::TooFewFiles),
    #[error(
        "--etcd-user and --etcd-password-file are for etcd: give --backend etcd:HOST:PORT, or leave them out"
    )]
    NoEtcd,
    #[error(transparent)]
    Plan(#[from] PlanError),
    #[error(transparent)]
    Fleet(#[from] FleetError),
    #[error(transparent)]
    Query(#[from] query::QueryError),
}

/// Runs the program on its command line: 0 when it did what it was asked, 2 for a wrong command
/// line, 1 for any other failure, and 128 and the signal's number where a second signal ended it.
pub fn run() -> ExitCode {
    let cli = match Cli::from_env() {
        Ok(cli) => cli,
        Err(error) => {
            // Help goes to standard output and mistakes to standard error, if anybody reads there.
            drop(error.print());
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    command(cli.command).unwrap_or_else(|failure| fail(&failure))
}

fn command(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Serve(ServeArgs { addresses, store }) => {
            gateways(&addresses.into(), 1, store, true)
        }
        Command::Fleet(FleetArgs {
            gateways: count,
            addresses,
            store,
        }) => gateways(&addresses.into(), count, store, false),
        Command::Find(args) => ask(query::find(args)),
        Command::Owns(args) => ask(query::owns(args)),
        Command::Gateways(args) => ask(query::gateways(args)),
        Command::Status(args) => ask(query::status(args)),
        Command::Drain(args) => ask(query::drain(args)),
    }
}

fn gateways(
    first: &Addresses,
    count: u16,
    store: StoreArgs,
    drain: bool,
) -> Result<ExitCode, Failure> {
    if store.etcd.is_given() && !matches!(store.backend, BackendSpec::Etcd(_)) {
        return Err(Failure::NoEtcd);
    }
    let fleet = Fleet {
        gateways: GatewayPlan::consecutive(first, count)?,
        backend: store.backend,
        etcd: store.etcd,
        name: store.fleet,
        placement: store.placement,
        load_cap: store.load_cap,
        timing: store.timing,
        group_calls: store.group_calls,
        drain,
    };
    logging::start("info")?;
    let connections = Connections::of_each(fleet.gateways.len())?;
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.enable_all().build().map_err(Failure::Runtime)?;
    let ended = runtime.block_on(Box::pin(fleet.run(connections)));
    // What still runs is a store's last call, or was told to exit at once.
    runtime.shutdown_timeout(Duration::ZERO);
    Ok(ended?)
}

fn ask(
    question: impl Future<Output = Result<ExitCode, query::QueryError>>,
) -> Result<ExitCode, Failure> {
    logging::start("warn")?;
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().map_err(Failure::Runtime)?;
    Ok(runtime.block_on(question)?)
}

fn fail(why: &impl Display) -> ExitCode {
    // Where nobody reads, nobody is to be told.
    drop(writeln!(io::stderr().lock(), "error: {why}"));
    ExitCode::FAILURE
}
