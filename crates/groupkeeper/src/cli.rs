//! The command line: what can be given, and what it is when it is not.

mod addresses;
mod environment;
mod etcd;
mod queries;
mod store;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

pub use addresses::AddressArgs;
pub use etcd::EtcdArgs;
pub use queries::{DrainArgs, FindArgs, OutputFormat, OwnsArgs, QueryArgs};
pub use store::StoreArgs;

const EXAMPLES: &str = "\
Examples:
  groupkeeper fleet                                 three gateways on this machine, to try it
  groupkeeper find my-group                         who coordinates my-group
  groupkeeper serve --backend seaweedfs:10.0.0.5:9333 --listen 0.0.0.0:9092 --advertise gw-1:9092
                                                    one gateway of a fleet on a SeaweedFS
  groupkeeper serve --backend etcd:127.0.0.1:2379   one gateway of a fleet on an etcd";

/// One coordinator for every Kafka consumer group, the same answer from every gateway.
#[derive(Debug, Clone, PartialEq, Eq, Parser)]
#[command(name = "groupkeeper", version, after_help = EXAMPLES, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// This process's command line. A variable of the environment that is set to nothing counts as
    /// not set.
    ///
    /// # Errors
    /// When it is wrong, or asks for help or the version: print it.
    pub fn from_env() -> Result<Self, clap::Error> {
        let mut command = environment::without_empty_variables(Self::command());
        let matches = command.try_get_matches_from_mut(std::env::args_os())?;
        Self::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
    }
}

/// What the program can do.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Runs one gateway of a fleet.
    #[command(after_help = "\
It answers Kafka clients and other gateways until Ctrl-C, SIGTERM or SIGHUP, then moves its groups to
the other gateways and leaves; a second Ctrl-C exits at once. RUST_LOG sets what is logged, like
RUST_LOG=debug. Every option can be given as an environment variable, like GROUPKEEPER_LISTEN; one
that is empty counts as not set.

Example, three gateways that share a SeaweedFS:
  groupkeeper serve --backend seaweedfs:127.0.0.1:9333 --listen 127.0.0.1:9092
  groupkeeper serve --backend seaweedfs:127.0.0.1:9333 --listen 127.0.0.1:9093
  groupkeeper serve --backend seaweedfs:127.0.0.1:9333 --listen 127.0.0.1:9094")]
    Serve(ServeArgs),
    /// Runs a whole fleet in this process, on consecutive ports: to try it, or for one machine.
    #[command(after_help = "\
The gateways talk to each other over real connections, as if each was a process. Ctrl-C, SIGTERM or
SIGHUP stops all of them, and every group keeps its coordinator for the next start; a second Ctrl-C
exits at once.

Example, on the ports 9092 to 9094, and 19092 to 19094 for gateways and tools:
  groupkeeper fleet
  kcat -L -b 127.0.0.1:9092")]
    Fleet(FleetArgs),
    /// Asks a gateway who coordinates these groups; those without a coordinator get one.
    Find(FindArgs),
    /// Asks a gateway which of these groups it may act for as coordinator at this moment.
    Owns(OwnsArgs),
    /// Lists the healthy gateways, as the asked gateway knows them.
    Gateways(QueryArgs),
    /// Shows how the asked gateway sees its fleet.
    Status(QueryArgs),
    /// Moves a living gateway's groups to the others, and waits until it has none.
    Drain(DrainArgs),
}

/// What `serve` takes.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct ServeArgs {
    /// Where it listens and what it advertises.
    #[command(flatten)]
    pub addresses: AddressArgs,
    /// Where it keeps what is decided.
    #[command(flatten)]
    pub store: StoreArgs,
}

/// What `fleet` takes.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct FleetArgs {
    /// How many gateways.
    #[arg(
        long,
        value_name = "N",
        env = "GROUPKEEPER_GATEWAYS",
        default_value_t = 3,
        value_parser = clap::value_parser!(u16).range(1..=100)
    )]
    pub gateways: u16,
    /// Of the first gateway; the others follow, port by port.
    #[command(flatten)]
    pub addresses: AddressArgs,
    /// Where they keep what is decided.
    #[command(flatten)]
    pub store: StoreArgs,
}

#[cfg(test)]
mod tests;
