use std::io;

use groupkeeper_rpc::Accept;
use tokio::sync::mpsc;

use super::stream::SimStream;

/// Where a gateway's connections come in.
#[derive(Debug)]
pub(crate) struct Port(pub(super) mpsc::Receiver<SimStream>);

impl Accept for Port {
    type Stream = SimStream;

    async fn accept(&mut self) -> io::Result<SimStream> {
        match self.0.recv().await {
            Some(stream) => Ok(stream),
            // Somebody else listens at this address by now; whoever had it is about to end.
            None => std::future::pending().await,
        }
    }
}
