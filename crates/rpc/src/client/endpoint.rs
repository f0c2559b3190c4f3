use std::time::Duration;

use groupkeeper_registry::peer::PeerError;
use groupkeeper_types::RpcAddr;
use tonic::transport::Endpoint;
use tonic::{IntoRequest as _, Request, Response, Status};

use crate::{InvalidMessage, wire_error};

/// How a gateway is connected to: plain HTTP/2, and given up when it does not answer pings.
pub(super) fn endpoint(
    addr: &RpcAddr,
    connect: Duration,
    keepalive: Duration,
    keepalive_answer: Duration,
) -> Result<Endpoint, tonic::transport::Error> {
    Ok(Endpoint::from_shared(format!("http://{addr}"))?
        .connect_timeout(connect)
        .tcp_nodelay(true)
        .http2_keep_alive_interval(keepalive)
        .keep_alive_timeout(keepalive_answer)
        .keep_alive_while_idle(true))
}

/// A request that tells the other side how long its answer is waited for.
pub(super) fn request<T>(message: T, limit: Duration) -> Request<T> {
    let mut request = message.into_request();
    request.set_timeout(limit);
    request
}

/// Waits for a call's answer, for so long, and checks it.
pub(super) async fn answer<W, T>(
    addr: &RpcAddr,
    limit: Duration,
    call: impl Future<Output = Result<Response<W>, Status>> + Send,
) -> Result<T, PeerError>
where
    T: TryFrom<W>,
    T::Error: Into<InvalidMessage>,
{
    match tokio::time::timeout(limit, call).await {
        Ok(Ok(response)) => {
            T::try_from(response.into_inner()).map_err(|error| nonsense(addr, &error.into()))
        }
        Ok(Err(status)) => Err(wire_error::from_status(addr, &status)),
        Err(_) => Err(PeerError::unreachable(format!(
            "{addr}: no answer within {limit:?}"
        ))),
    }
}

/// An answer that breaks the rules is none.
pub(super) fn nonsense(addr: &RpcAddr, error: &InvalidMessage) -> PeerError {
    PeerError::unreachable(format!("{addr}: its answer makes no sense: {error}"))
}
