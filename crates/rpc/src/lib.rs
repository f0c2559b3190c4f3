//! Gateways talking to each other: gRPC, groupkeeper.v1.
//!
//! [`RpcServer`] answers for a [`LeaderService`] and a [`Directory`]; [`GrpcPeers`] reaches the
//! [`LeaderService`] of other gateways, and [`DirectoryClient`] is how a tool asks one gateway. The
//! contract for everyone else is `proto/groupkeeper/v1/groupkeeper.proto`, generated as [`proto`].
//!
//! Nothing is encrypted or authenticated: the port belongs in a network that only gateways and
//! their operators reach.
//!
//! [`LeaderService`]: groupkeeper_registry::peer::LeaderService
//! [`Directory`]: groupkeeper_registry::peer::Directory

mod client;
mod convert;
mod invalid_message;
mod limits;
pub mod proto;
mod server;
mod text;
mod wire_error;

pub use client::{
    Connect, ConnectError, DirectoryClient, GatewayList, GrpcPeers, OwnedGroups, RpcTimeouts,
    Stream,
};
pub use invalid_message::InvalidMessage;
pub use limits::{MAX_ANSWER_BYTES, MAX_LIST_LEN, MAX_OWNS, MAX_REQUEST_BYTES};
pub use server::{Accept, BindError, RpcLimits, RpcServer, RpcService, ServeError};
