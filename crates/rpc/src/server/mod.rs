//! Answering other gateways, people and their tools.

mod bind_error;
mod connection;
mod incoming;
mod leader_api;
mod registry_api;
mod rpc_limits;
mod rpc_server;

pub use bind_error::{BindError, ServeError};
pub use rpc_limits::RpcLimits;
pub use rpc_server::RpcServer;
