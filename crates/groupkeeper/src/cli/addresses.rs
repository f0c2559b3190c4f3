use groupkeeper_types::GatewayAddr;

use crate::listen_addr::ListenAddr;
use crate::plan::Addresses;

/// The addresses of a gateway, or of the first one of a fleet.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
#[command(next_help_heading = "Addresses")]
pub struct AddressArgs {
    /// Where Kafka clients connect; the first of consecutive ports for a fleet. Port 0 takes any
    /// free port.
    #[arg(
        long,
        value_name = "HOST:PORT",
        env = "GROUPKEEPER_LISTEN",
        default_value = "127.0.0.1:9092"
    )]
    pub listen: ListenAddr,
    /// The address that clients are told to connect to; needed where --listen is a wildcard like
    /// 0.0.0.0 [default: what --listen says].
    #[arg(long, value_name = "HOST:PORT", env = "GROUPKEEPER_ADVERTISE")]
    pub advertise: Option<GatewayAddr>,
    /// Where gateways and tools connect, over gRPC; nothing there is encrypted or asks for a
    /// password [default: the host of --listen, and its port + 10000].
    #[arg(long, value_name = "HOST:PORT", env = "GROUPKEEPER_RPC")]
    pub rpc: Option<ListenAddr>,
}

impl From<AddressArgs> for Addresses {
    fn from(args: AddressArgs) -> Self {
        Self {
            listen: args.listen,
            advertise: args.advertise,
            rpc: args.rpc,
        }
    }
}
