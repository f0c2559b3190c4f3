//! Connections to SeaweedFS's gRPC ports, told apart.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use tonic::codegen::http::Uri;
use tonic::codegen::{BoxFuture, Service, StdError};

use crate::greeting::Greeted;

/// One connection of this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Connection(u64);

/// Connections that were made, to whomever: so that no two have one number.
static MADE: AtomicU64 = AtomicU64::new(0);

/// The newest connection of one channel, which replaces one that broke without a word to callers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Newest(Arc<AtomicU64>);

impl Newest {
    /// `None` before the first. What a channel answers came over this connection, if this is the
    /// same before the question and after the answer.
    pub(crate) fn get(&self) -> Option<Connection> {
        match self.0.load(Ordering::SeqCst) {
            0 => None,
            number => Some(Connection(number)),
        }
    }

    fn made(&self) {
        let number = MADE.fetch_add(1, Ordering::SeqCst) + 1;
        self.0.store(number, Ordering::SeqCst);
    }
}

/// Makes a channel's connections.
#[derive(Debug, Clone)]
pub(crate) struct Connector {
    tcp: HttpConnector,
    newest: Newest,
}

impl Connector {
    pub(crate) fn new(connect_timeout: Duration, newest: Newest) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(connect_timeout));
        // Else the kernel goes on for minutes to send a write that nobody waits for any more, and brings it
        // to a filer when a cut is healed.
        #[cfg(target_os = "linux")]
        tcp.set_tcp_user_timeout(Some(crate::rule::PERMIT));
        Self { tcp, newest }
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Greeted>;
    type Error = StdError;
    type Future = BoxFuture<Self::Response, Self::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.tcp.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let (connecting, newest) = (self.tcp.call(to), self.newest.clone());
        Box::pin(async move {
            let stream = connecting.await?.into_inner();
            // Before anything can be answered over it.
            newest.made();
            Ok(TokioIo::new(Greeted::new(stream)))
        })
    }
}
