use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Sleep};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tonic::transport::server::Connected;

/// One accepted connection. It ends with an error when it is silent for too long, or when the
/// server cuts it off: the transport runs it in a task that nobody could end otherwise.
#[derive(Debug)]
pub(super) struct Connection<S> {
    stream: S,
    cut_off: Pin<Box<WaitForCancellationFutureOwned>>,
    silence: Duration,
    silent_until: Pin<Box<Sleep>>,
    _slot: OwnedSemaphorePermit,
}

impl<S> Connection<S> {
    pub(super) fn new(
        stream: S,
        slot: OwnedSemaphorePermit,
        silence: Duration,
        cut_off: CancellationToken,
    ) -> Self {
        Self {
            stream,
            cut_off: Box::pin(cut_off.cancelled_owned()),
            silence,
            silent_until: Box::pin(tokio::time::sleep(silence)),
            _slot: slot,
        }
    }

    fn poll_cut_off(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        match self.cut_off.as_mut().poll(cx) {
            Poll::Ready(()) => Err(io::Error::new(
                io::ErrorKind::ConnectionAborted,
                "the server has stopped",
            )),
            Poll::Pending => Ok(()),
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Connection<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.poll_cut_off(cx)?;
        if let Poll::Ready(read) = Pin::new(&mut self.stream).poll_read(cx, buf) {
            let until = Instant::now() + self.silence;
            self.silent_until.as_mut().reset(until);
            return Poll::Ready(read);
        }
        ready!(self.silent_until.as_mut().poll(cx));
        Poll::Ready(Err(io::Error::new(
            io::ErrorKind::TimedOut,
            "silent for too long",
        )))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Connection<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_cut_off(cx)?;
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_cut_off(cx)?;
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl<S> Connected for Connection<S> {
    type ConnectInfo = ();

    fn connect_info(&self) -> Self::ConnectInfo {}
}
