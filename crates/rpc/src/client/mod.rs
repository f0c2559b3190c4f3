//! Asking other gateways.

mod connect;
mod connect_error;
mod directory_client;
mod endpoint;
mod gateway_list;
mod grpc_peer;
mod grpc_peers;
mod owned_groups;
mod timeouts;

pub use connect::{Connect, Stream};
pub use connect_error::ConnectError;
pub use directory_client::DirectoryClient;
pub use gateway_list::GatewayList;
pub use grpc_peers::GrpcPeers;
pub use owned_groups::OwnedGroups;
pub use timeouts::RpcTimeouts;
