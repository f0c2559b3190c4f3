//! What a server says first, and what that says about it.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};

use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Why the other end is no etcd that is spoken to in plain text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum NotEtcd {
    #[error(
        "it speaks TLS, and this version speaks plain text to etcd: give an address of its --listen-client-urls \
         that begins with http://, on a network of your own"
    )]
    Tls,
    #[error(
        "it closed the connection without a word: it speaks TLS, or is no etcd; give an address of etcd's \
         --listen-client-urls that begins with http://"
    )]
    Closed,
    #[error(
        "it speaks HTTP/1 and not gRPC: give the port for etcd's clients, which is usually 2379"
    )]
    Http,
    #[error("it speaks no gRPC: give the port for etcd's clients, which is usually 2379")]
    Other,
}

/// A connection whose first bytes are looked at: a library would say of most wrong ones that there was a
/// "transport error".
#[derive(Debug)]
pub(crate) struct Greeted {
    stream: TcpStream,
    heard: bool,
    /// Where what is found wrong is told: not every error of a library has its cause with it.
    found: Arc<OnceLock<NotEtcd>>,
}

impl Greeted {
    pub(crate) const fn new(stream: TcpStream, found: Arc<OnceLock<NotEtcd>>) -> Self {
        Self {
            stream,
            heard: false,
            found,
        }
    }
}

impl Greeted {
    /// A write that fails before anything was read: what the server said before it closed tells why, and is not
    /// read by anybody else any more.
    fn told_while_writing<T>(&self, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if matches!(written, Poll::Ready(Err(_))) && !self.heard {
            let mut first = [0; 512];
            let why = match self.stream.try_read(&mut first) {
                Ok(read) => wrong(&first[..read]),
                Err(_) => Some(NotEtcd::Closed),
            };
            if let Some(why) = why {
                // Nobody else tells.
                let _ = self.found.set(why);
            }
        }
        written
    }
}

/// A server of HTTP/2 begins with a frame of settings, whose length has three bytes, the first of them 0.
fn wrong(greeting: &[u8]) -> Option<NotEtcd> {
    const ALERT_OR_HANDSHAKE: std::ops::RangeInclusive<u8> = 0x15..=0x16;
    match greeting {
        [] => Some(NotEtcd::Closed),
        [0, ..] => None,
        [first] if ALERT_OR_HANDSHAKE.contains(first) => Some(NotEtcd::Tls),
        [first, 3, ..] if ALERT_OR_HANDSHAKE.contains(first) => Some(NotEtcd::Tls),
        // What Go's servers of TLS answer to plain text is HTTP/1.
        text if contains(text, b"HTTPS server") => Some(NotEtcd::Tls),
        text if text.starts_with(b"HTTP/") => Some(NotEtcd::Http),
        _ => Some(NotEtcd::Other),
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

impl AsyncRead for Greeted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = ready!(Pin::new(&mut self.stream).poll_read(cx, buf));
        if std::mem::replace(&mut self.heard, true) {
            return Poll::Ready(read);
        }
        let why = match &read {
            Ok(()) => wrong(&buf.filled()[before..]),
            Err(e) if e.kind() == io::ErrorKind::ConnectionReset => Some(NotEtcd::Closed),
            Err(_) => None,
        };
        Poll::Ready(match why {
            Some(why) => {
                // Nobody else tells.
                let _ = self.found.set(why);
                Err(io::Error::new(io::ErrorKind::InvalidData, why))
            }
            None => read,
        })
    }
}

impl AsyncWrite for Greeted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.told_while_writing(written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        self.told_while_writing(flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.told_while_writing(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_known_by_its_first_bytes() {
        assert_eq!(wrong(b"\x00\x00\x12\x04\x00"), None);
        assert_eq!(wrong(b"\x15\x03\x01\x00\x02\x02\x46"), Some(NotEtcd::Tls));
        let go =
            b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";
        assert_eq!(wrong(go), Some(NotEtcd::Tls));
        assert_eq!(wrong(b"HTTP/1.1 400 Bad Request"), Some(NotEtcd::Http));
        assert_eq!(wrong(b"SSH-2.0-OpenSSH"), Some(NotEtcd::Other));
        assert_eq!(wrong(b""), Some(NotEtcd::Closed));
    }
}
