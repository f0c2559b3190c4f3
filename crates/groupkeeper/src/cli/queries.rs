use std::time::Duration;

use groupkeeper_types::{GroupName, RpcAddr};

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

/// The longest that `find` may be told to wait.
const LONGEST_WAIT: u64 = 3_600;

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds| *seconds <= LONGEST_WAIT);
    let wrong = || format!("give whole seconds, 0 to {LONGEST_WAIT}");
    seconds.map(Duration::from_secs).ok_or_else(wrong)
}
