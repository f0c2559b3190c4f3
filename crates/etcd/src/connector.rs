use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use groupkeeper_types::RpcAddr;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tonic::codegen::http::Uri;
use tonic::codegen::{BoxFuture, Service};
use tonic::transport::{Channel, Endpoint};

use crate::failure::{Failure, Kind, with_causes};
use crate::greeting::{Greeted, NotEtcd};

/// etcd closes a connection that asks more often than every 5 s whether it is still there, or asks while
/// nothing is under way (its --grpc-keepalive-min-time).
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(10);
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(3);
/// What may be on its way in one answer: a page of a listing is some hundred KiB.
const STREAM_WINDOW: u32 = 1 << 20;

/// A connection that was made.
pub(crate) struct Connected {
    pub(crate) channel: Channel,
    /// What is at its other end, once that is known to be something else than an etcd.
    pub(crate) wrong: Arc<OnceLock<NotEtcd>>,
}

/// One connection to a member. It is not made again when it breaks: behind the next one may be another
/// cluster, which is to be noticed first.
///
/// Dropped, nothing stays open.
pub(crate) async fn connect(member: &RpcAddr, within: Duration) -> Result<Connected, Failure> {
    let wrong = Arc::default();
    let connector = Once {
        member: member.clone(),
        within,
        made: Arc::default(),
        wrong: Arc::clone(&wrong),
    };
    let endpoint = Endpoint::from_shared(format!("http://{member}"));
    let connected = match endpoint {
        Ok(endpoint) => {
            let endpoint = endpoint
                .http2_keep_alive_interval(KEEPALIVE_INTERVAL)
                .keep_alive_timeout(KEEPALIVE_TIMEOUT)
                .keep_alive_while_idle(false)
                .initial_stream_window_size(STREAM_WINDOW)
                .initial_connection_window_size(2 * STREAM_WINDOW);
            endpoint.connect_with_connector(connector).await
        }
        Err(error) => Err(error),
    };
    let connected = connected.map(|channel| Connected { channel, wrong });
    connected.map_err(|error| {
        let error: &(dyn std::error::Error + 'static) = &error;
        let why = with_causes(format!("{member} can't be connected to"), error.source());
        Failure::new(Kind::Member, why)
    })
}

#[derive(Debug, Clone)]
struct Once {
    member: RpcAddr,
    within: Duration,
    made: Arc<AtomicBool>,
    wrong: Arc<OnceLock<NotEtcd>>,
}

impl Service<Uri> for Once {
    type Response = TokioIo<Greeted>;
    type Error = io::Error;
    type Future = BoxFuture<Self::Response, Self::Error>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let Self {
            member,
            within,
            made,
            wrong,
        } = self.clone();
        Box::pin(async move {
            if made.swap(true, Ordering::SeqCst) {
                return Err(io::Error::other("the connection broke"));
            }
            let connecting = TcpStream::connect((member.host(), member.port()));
            let late = || {
                io::Error::new(
                    io::ErrorKind::TimedOut,
                    format!("no answer within {within:?}"),
                )
            };
            let stream = timeout(within, connecting).await.map_err(|_| late())??;
            stream.set_nodelay(true)?;
            Ok(TokioIo::new(Greeted::new(stream, wrong)))
        })
    }
}
