use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, Stream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::accept::Accept;
use super::connection::Connection;
use super::rpc_limits::RpcLimits;

/// After a failure to accept (no file descriptors left, say): time for others to close some.
const AFTER_FAILURE: Duration = Duration::from_millis(50);

/// The connections that arrive, no more at once than the limits say. It never ends and never fails.
/// All of them are cut off when the token is cancelled.
pub(super) fn incoming<A: Accept>(
    listener: A,
    limits: RpcLimits,
    cut_off: CancellationToken,
) -> impl Stream<Item = Result<Connection<A::Stream>, Infallible>> {
    let slots = Arc::new(Semaphore::new(limits.connections));
    stream::unfold(
        (listener, slots, cut_off),
        move |(mut listener, slots, cut_off)| async move {
            // Closing is never asked of this semaphore, so there is always a slot in the end.
            let slot = Arc::clone(&slots).acquire_owned().await.ok()?;
            let stream = loop {
                match listener.accept().await {
                    Ok(stream) => break stream,
                    Err(error) => {
                        tracing::warn!(%error, "a gRPC connection was not accepted");
                        tokio::time::sleep(AFTER_FAILURE).await;
                    }
                }
            };
            let connection = Connection::new(stream, slot, limits.silence, cut_off.clone());
            Some((Ok(connection), (listener, slots, cut_off)))
        },
    )
}
