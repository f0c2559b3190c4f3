//! Questions to a running gateway.

mod drain;
mod find;
mod gateways;
mod kafka_port;
mod owns;
mod status;

use std::process::ExitCode;
use std::time::Duration;

use groupkeeper_registry::peer::PeerError;
use groupkeeper_rpc::{ConnectError, DirectoryClient};
use groupkeeper_types::{GatewayAddr, RpcAddr};
use thiserror::Error;

use crate::cli::{DrainArgs, FindArgs, OwnsArgs, QueryArgs};
use crate::output::PrintError;

/// Why a question has no answer.
#[derive(Debug, Error)]
pub enum QueryError {
    /// Nobody is there.
    #[error("{0} (--server HOST:RPCPORT says whom to ask)")]
    Connect(#[from] ConnectError),
    /// Somebody is there, and does not answer.
    #[error("the gateway at {server} did not say: {error}")]
    Refused {
        /// Who was asked.
        server: RpcAddr,
        /// What it said.
        error: PeerError,
    },
    /// Somebody is there who is asked in another way.
    #[error("{0}")]
    KafkaPort(String),
    /// A gateway has groups still, or is not there.
    #[error("{gateway} is not drained: {why}")]
    NotDrained {
        /// Which was to be.
        gateway: GatewayAddr,
        /// Why it is not, and what can be done.
        why: String,
    },
    /// Nobody reads.
    #[error(transparent)]
    Print(#[from] PrintError),
}

/// The most that connecting may take, and then each call: more than a gateway needs to make up its
/// mind.
const DEADLINE: Duration = Duration::from_secs(3);

async fn connect(server: &RpcAddr) -> Result<DirectoryClient, QueryError> {
    Ok(DirectoryClient::connect(server, DEADLINE).await?)
}

/// An answer, or why there is none: the gateway's own words, or that it was none that was asked.
async fn answered<T>(server: &RpcAddr, answer: Result<T, PeerError>) -> Result<T, QueryError> {
    let error = match answer {
        Ok(answer) => return Ok(answer),
        Err(error) => error,
    };
    is_gateway(server, &error).await?;
    let server = server.clone();
    Err(QueryError::Refused { server, error })
}

/// Looks whether what was asked, and gave this error, is a gateway's Kafka port.
async fn is_gateway(server: &RpcAddr, error: &PeerError) -> Result<(), QueryError> {
    if matches!(error, PeerError::Unreachable { .. })
        && let Some(hint) = kafka_port::hint(server).await
    {
        return Err(QueryError::KafkaPort(hint));
    }
    Ok(())
}

/// Asks who coordinates groups. The exit code is 1 when one has no answer.
///
/// # Errors
/// When nobody can be asked; a group without an answer is none.
pub async fn find(args: FindArgs) -> Result<ExitCode, QueryError> {
    find::run(args).await
}

/// Asks a gateway which groups it may act for. The exit code is 1 when one is not among them.
///
/// # Errors
/// When there is no answer.
pub async fn owns(args: OwnsArgs) -> Result<ExitCode, QueryError> {
    owns::run(args).await
}

/// Asks which gateways are healthy.
///
/// # Errors
/// When there is no answer.
pub async fn gateways(args: QueryArgs) -> Result<ExitCode, QueryError> {
    gateways::run(args).await
}

/// Has a gateway's groups moved to the others.
///
/// # Errors
/// When they are not, for whatever reason; they may be moving.
pub async fn drain(args: DrainArgs) -> Result<ExitCode, QueryError> {
    drain::run(args).await
}

/// Asks a gateway how it sees its fleet.
///
/// # Errors
/// When there is no answer.
pub async fn status(args: QueryArgs) -> Result<ExitCode, QueryError> {
    status::run(args).await
}
