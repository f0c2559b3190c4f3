use std::io;

use async_trait::async_trait;
use groupkeeper_rpc::{Connect, Stream};
use groupkeeper_types::RpcAddr;

use super::connection::Connection;
use super::network::{Host, Network};
use super::stream::SimStream;

/// How one host opens connections.
#[derive(Debug)]
pub(crate) struct Dialer {
    pub(crate) network: Network,
    pub(crate) from: Host,
}

#[async_trait]
impl Connect for Dialer {
    /// Over a wire that is cut, either way, it takes until that is mended: what opens a connection is
    /// sent again and again.
    async fn connect(&self, addr: &RpcAddr) -> io::Result<Box<dyn Stream>> {
        let refused = || io::Error::from(io::ErrorKind::ConnectionRefused);
        let travel = {
            let mut state = self.network.state();
            state.travel() + state.travel()
        };
        tokio::time::sleep(travel).await;
        loop {
            {
                let mut state = self.network.state();
                let (to, port) = state.ports.get(addr).cloned().ok_or_else(refused)?;
                if state.carries(self.from, to) && state.carries(to, self.from) {
                    let id = state.open(Connection::new([self.from, to]));
                    drop(state);
                    let stream = |side| SimStream::new(self.network.clone(), id, side);
                    let (ours, theirs) = (stream(0), stream(1));
                    port.try_send(theirs).map_err(|_| refused())?;
                    self.network.state().accepted += 1;
                    return Ok(Box::new(ours));
                }
            }
            self.network.changed().await;
        }
    }
}
