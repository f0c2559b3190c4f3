//! What a server says first, and what that says about it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Why what is at the other end is no gRPC port that can be spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
enum NotPlainGrpc {
    #[error(
        "it speaks TLS, and this version speaks plain text to SeaweedFS: leave the [grpc] \
         certificates out of its security.toml, or put a plain-text listener in front of it"
    )]
    Tls,
    #[error(
        "it closed the connection without a word, as a gRPC port under TLS does. If so: this \
         version speaks plain text to SeaweedFS; leave the [grpc] certificates out of its \
         security.toml, or put a plain-text listener in front of it"
    )]
    Closed,
    #[error("it speaks HTTP/1, not gRPC: give its gRPC port, as HOST:PORT.GRPCPORT")]
    Http,
    #[error("it is no gRPC port: give that of SeaweedFS, as HOST:PORT.GRPCPORT")]
    Other,
}

/// A connection whose first bytes are looked at. A library would say of most wrong ones that there
/// was a "transport error".
#[derive(Debug)]
pub(crate) struct Greeted {
    stream: TcpStream,
    greeted: bool,
}

impl Greeted {
    pub(crate) const fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            greeted: false,
        }
    }
}

/// What is wrong with a greeting. A server of HTTP/2 begins with a frame of settings, whose length
/// has three bytes and is small.
fn wrong(greeting: &[u8]) -> Option<NotPlainGrpc> {
    match greeting {
        [] => Some(NotPlainGrpc::Closed),
        [0, ..] => None,
        [0x14..=0x17] | [0x14..=0x17, 3, ..] => Some(NotPlainGrpc::Tls),
        text if text.starts_with(b"HTTP/") => Some(NotPlainGrpc::Http),
        _ => Some(NotPlainGrpc::Other),
    }
}

impl AsyncRead for Greeted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = ready!(Pin::new(&mut self.stream).poll_read(cx, buf));
        if std::mem::replace(&mut self.greeted, true) {
            return Poll::Ready(read);
        }
        let (kind, why) = match read {
            Ok(()) => (io::ErrorKind::InvalidData, wrong(&buf.filled()[before..])),
            Err(e) if e.kind() == io::ErrorKind::ConnectionReset => {
                (e.kind(), Some(NotPlainGrpc::Closed))
            }
            Err(e) => return Poll::Ready(Err(e)),
        };
        Poll::Ready(why.map_or(Ok(()), |why| Err(io::Error::new(kind, why))))
    }
}

impl AsyncWrite for Greeted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
