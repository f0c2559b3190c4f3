use std::time::Duration;

use groupkeeper_types::{GatewayAddr, GroupName, RpcAddr};

/// Whom to ask, and how to show the answer.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct QueryArgs {
    /// The RPC address of the gateway to ask: its Kafka port + 10000, unless it was given another.
    #[arg(
        long,
        value_name = "HOST:RPCPORT",
        env = "GROUPKEEPER_SERVER",
        default_value = "127.0.0.1:19092"
    )]
    pub server: RpcAddr,
    /// How to show the answer.
    #[arg(
        long,
        value_enum,
        value_name = "FORMAT",
        env = "GROUPKEEPER_OUTPUT",
        default_value_t = OutputFormat::Table
    )]
    pub output: OutputFormat,
}

/// How an answer is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum OutputFormat {
    /// For people: columns, which may change from version to version.
    Table,
    /// For programs: names and types stay.
    Json,
}

/// What `find` takes.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
#[command(after_help = "\
JSON is an array with an object for each group, in the order they were given: `group`, `coordinator`
(its \"host:port\"), `node_id`, `epoch` and `revision`; a group without an answer has a `coordinator`
of null, and an `error`. The exit code is 0 only when every group was answered.

Examples:
  groupkeeper find orders payments
  groupkeeper find orders --output json --server 10.0.0.7:19092")]
pub struct FindArgs {
    /// The groups.
    #[arg(required = true, value_name = "GROUP")]
    pub groups: Vec<GroupName>,
    /// How many seconds to go on asking while a coordinator is not available, or not known
    /// (Kafka's errors 14 to 16).
    #[arg(
        long,
        value_name = "SECONDS",
        env = "GROUPKEEPER_WAIT",
        default_value = "10",
        value_parser = seconds
    )]
    pub wait: Duration,
    /// Whom to ask.
    #[command(flatten)]
    pub query: QueryArgs,
}

/// What `owns` takes.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
#[command(after_help = "\
The gateway answers from its memory, at once: nothing is assigned, and nobody else is asked.

JSON is an array with an object for each group, in the order they were given: `group`, `owned`,
`coordinator` (the \"host:port\" of whoever coordinates it, or null where the gateway can't tell that at
once), and `incarnation`, which tells processes at one address apart. Where `owned` is true there
are `epoch` and `revision`, the fencing token, and `left_ms`: for how many more milliseconds, unless
the lease is renewed or the group moved. The exit code is 0 only when it owns every group.

Examples:
  groupkeeper owns orders payments
  groupkeeper owns orders --output json --server 10.0.0.7:19092")]
pub struct OwnsArgs {
    /// The groups.
    #[arg(required = true, value_name = "GROUP")]
    pub groups: Vec<GroupName>,
    /// Whom to ask.
    #[command(flatten)]
    pub query: QueryArgs,
}

/// What `drain` takes.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
#[command(after_help = "\
The gateway stays in the fleet and answers clients, but coordinates no group until it is started
again; `gateways` shows it as draining. Whoever coordinates a group gives it up before another
gateway takes it. Any gateway can be asked to drain any other, or itself.

JSON is an object: `gateway` (its \"host:port\"), and `drained`, which is true. The exit code is 0 only
when the gateway has no groups any more; otherwise nothing is printed but the reason.

Examples:
  groupkeeper drain gw-2:9092
  groupkeeper drain 127.0.0.1:9093 --output json --server 127.0.0.1:19092")]
pub struct DrainArgs {
    /// The gateway's advertised Kafka address, as `gateways` shows it.
    #[arg(value_name = "GATEWAY")]
    pub gateway: GatewayAddr,
    /// How many seconds to wait until the groups have moved.
    #[arg(
        long,
        value_name = "SECONDS",
        env = "GROUPKEEPER_WAIT",
        default_value = "30",
        value_parser = seconds
    )]
    pub wait: Duration,
    /// Whom to ask.
    #[command(flatten)]
    pub query: QueryArgs,
}

/// The longest that a question may be told to wait.
const LONGEST_WAIT: u64 = 3_600;

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds| *seconds <= LONGEST_WAIT);
    let wrong = || format!("give whole seconds, 0 to {LONGEST_WAIT}");
    seconds.map(Duration::from_secs).ok_or_else(wrong)
}
