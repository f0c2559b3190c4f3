use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

use super::connection::Side;
use super::network::Network;

/// One end of a connection. Dropped, it closes: the other side hears of it when that has travelled.
#[derive(Debug)]
pub(crate) struct SimStream {
    network: Network,
    id: u64,
    side: Side,
    /// Until what is on its way has arrived.
    arrival: Pin<Box<Sleep>>,
}

impl SimStream {
    pub(super) fn new(network: Network, id: u64, side: Side) -> Self {
        Self {
            network,
            id,
            side,
            arrival: Box::pin(tokio::time::sleep_until(Instant::now())),
        }
    }

    /// What has arrived, or when something will; `None` for not before something changes.
    fn look(&self, cx: &Context<'_>, room: usize) -> io::Result<Result<Vec<u8>, Option<Instant>>> {
        let other = 1 - self.side;
        let now = Instant::now();
        let mut state = self.network.state();
        let carries = state
            .connections
            .get(&self.id)
            .is_some_and(|it| state.arrives(it, other));
        let Some(connection) = state.connections.get_mut(&self.id) else {
            return Err(ErrorKind::NotConnected.into());
        };
        if connection.reset {
            return Err(ErrorKind::ConnectionReset.into());
        }
        let pipe = &mut connection.pipes[other];
        pipe.reader = Some(cx.waker().clone());
        if !carries {
            return Ok(Err(None));
        }
        if let Some(bytes) = pipe.take(now, room) {
            return Ok(Ok(bytes));
        }
        match pipe.due() {
            Some(due) if pipe.chunks.is_empty() && due <= now => Ok(Ok(Vec::new())),
            due => Ok(Err(due)),
        }
    }
}

impl AsyncRead for SimStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            match self.look(cx, buf.remaining())? {
                Ok(bytes) => {
                    buf.put_slice(&bytes);
                    return Poll::Ready(Ok(()));
                }
                Err(None) => return Poll::Pending,
                Err(Some(due)) => {
                    self.arrival.as_mut().reset(due);
                    ready!(self.arrival.as_mut().poll(cx));
                }
            }
        }
    }
}

impl AsyncWrite for SimStream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if bytes.is_empty() {
            return Poll::Ready(Ok(0));
        }
        let (side, other) = (self.side, 1 - self.side);
        let mut state = self.network.state();
        let due = Instant::now() + state.travel();
        let hears = state
            .connections
            .get(&self.id)
            .is_some_and(|it| state.arrives(it, other));
        let Some(connection) = state.connections.get_mut(&self.id) else {
            return Poll::Ready(Err(ErrorKind::NotConnected.into()));
        };
        if connection.reset {
            return Poll::Ready(Err(ErrorKind::ConnectionReset.into()));
        }
        if !connection.open[other] && hears {
            return Poll::Ready(Err(ErrorKind::BrokenPipe.into()));
        }
        let pipe = &mut connection.pipes[side];
        if pipe.is_full() {
            pipe.writer = Some(cx.waker().clone());
            return Poll::Pending;
        }
        pipe.send(due, bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut state = self.network.state();
        let due = Instant::now() + state.travel();
        if let Some(connection) = state.connections.get_mut(&self.id) {
            connection.pipes[self.side].end(due);
        }
        Poll::Ready(Ok(()))
    }
}

impl Drop for SimStream {
    fn drop(&mut self) {
        let mut state = self.network.state();
        let due = Instant::now() + state.travel();
        let Some(connection) = state.connections.get_mut(&self.id) else {
            return;
        };
        connection.open[self.side] = false;
        connection.pipes[self.side].end(due);
        connection.wake();
        if connection.open == [false; 2] {
            state.connections.remove(&self.id);
        }
    }
}
