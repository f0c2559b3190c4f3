//! Answering other gateways, people and their tools.

mod accept;
mod bind_error;
mod connection;
mod incoming;
mod leader_api;
mod readiness;
mod registry_api;
mod rpc_limits;
mod rpc_server;
mod rpc_service;
mod serve_error;

pub use accept::Accept;
pub use bind_error::BindError;
pub use rpc_limits::RpcLimits;
pub use rpc_server::RpcServer;
pub use rpc_service::RpcService;
pub use serve_error::ServeError;
