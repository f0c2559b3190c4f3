use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use async_trait::async_trait;
use groupkeeper_types::RpcAddr;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tonic::codegen::{Service, http::Uri};
use tonic::transport::{Channel, Endpoint};

/// How other gateways are connected to where that is not plain TCP: on a simulated network, say.
#[async_trait]
pub trait Connect: fmt::Debug + Send + Sync + 'static {
    /// Opens a connection. Dropped, it closes what it opened.
    ///
    /// # Errors
    /// When nobody listens there.
    async fn connect(&self, addr: &RpcAddr) -> io::Result<Box<dyn Stream>>;
}

/// A connection's bytes, both ways.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// Opens an endpoint's connections: by TCP, or as somebody else knows to.
#[derive(Debug, Clone, Default)]
pub(super) struct Connector(Option<Arc<dyn Connect>>);

impl Connector {
    pub(super) fn new(connect: Arc<dyn Connect>) -> Self {
        Self(Some(connect))
    }

    /// Connects with the first call, and again when the connection is found broken.
    pub(super) fn lazily(&self, endpoint: &Endpoint, addr: &RpcAddr) -> Channel {
        match self.to(addr) {
            Some(to) => endpoint.connect_with_connector_lazy(to),
            None => endpoint.connect_lazy(),
        }
    }

    /// Connects now.
    pub(super) async fn now(
        &self,
        endpoint: &Endpoint,
        addr: &RpcAddr,
    ) -> Result<Channel, tonic::transport::Error> {
        match self.to(addr) {
            Some(to) => endpoint.connect_with_connector(to).await,
            None => endpoint.connect().await,
        }
    }

    fn to(&self, addr: &RpcAddr) -> Option<To> {
        let connect = Arc::clone(self.0.as_ref()?);
        let addr = addr.clone();
        Some(To { connect, addr })
    }
}

/// Connects to one address, as the transport asks for it.
#[derive(Debug, Clone)]
struct To {
    connect: Arc<dyn Connect>,
    addr: RpcAddr,
}

impl Service<Uri> for To {
    type Response = TokioIo<Box<dyn Stream>>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, io::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), io::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let Self { connect, addr } = self.clone();
        Box::pin(async move { connect.connect(&addr).await.map(TokioIo::new) })
    }
}
