use std::io;

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::api::Refusal;

/// Room made for one read: it starts small, since most connections send one request at a time, and
/// grows for those that send many.
const FIRST_READ: usize = 4 << 10;
const MOST_READ: usize = 16 << 10;

/// A request up to this size needs no leave from the others.
pub(crate) const SMALL_FRAME: usize = 16 << 10;

/// The bytes of one connection that arrived and are not answered yet: whole frames, then at most one
/// unfinished.
#[derive(Debug)]
pub(crate) struct Inbox {
    bytes: BytesMut,
    max_frame: usize,
    next_read: usize,
}

impl Inbox {
    pub(crate) fn new(max_frame: usize) -> Self {
        Self {
            bytes: BytesMut::new(),
            max_frame,
            next_read: FIRST_READ,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The bytes that the next frame says it has after its length field, once that is known.
    pub(crate) fn frame_length(&self) -> Result<Option<usize>, Refusal> {
        self.frames().first_length()
    }

    /// The next frame without its length field, once it is whole.
    pub(crate) fn frame(&self) -> Result<Option<&[u8]>, Refusal> {
        self.frames().first()
    }

    /// All that is there, to be taken apart.
    pub(crate) fn frames(&self) -> Frames<'_> {
        Frames {
            bytes: &self.bytes,
            max_frame: self.max_frame,
        }
    }

    /// Forgets all but the last so many bytes.
    pub(crate) fn leave(&mut self, left: usize) {
        self.bytes.advance(self.bytes.len().saturating_sub(left));
    }

    /// The next frame, as [`frame`](Self::frame) showed it with so many bytes, to keep while more is
    /// read.
    pub(crate) fn take(&mut self, length: usize) -> Bytes {
        let mut frame = self.bytes.split_to(self.bytes.len().min(4 + length));
        frame.advance(frame.len().min(4));
        frame.freeze()
    }

    /// Whether there is room for requests that come while one is being answered.
    pub(crate) fn takes_more(&self) -> bool {
        self.bytes.len() < SMALL_FRAME
    }

    /// Forgets a frame of so many bytes, which was answered.
    pub(crate) fn consume(&mut self, length: usize) {
        self.bytes.advance(self.bytes.len().min(4 + length));
    }

    /// Reads what is there, waiting for the first byte of it; 0 at the end of the stream. A read that
    /// is dropped loses nothing.
    ///
    /// What a frame claims to need is not believed: room grows with the bytes that arrived.
    pub(crate) async fn fill(
        &mut self,
        stream: &mut (impl AsyncRead + Unpin),
    ) -> io::Result<usize> {
        if self.bytes.is_empty() && self.bytes.capacity() > MOST_READ {
            self.bytes = BytesMut::new();
        }
        self.bytes.reserve(self.next_read);
        let room = self.next_read;
        let read = stream.read_buf(&mut self.bytes).await?;
        if read >= room {
            self.next_read = (room * 2).min(MOST_READ);
        }
        Ok(read)
    }
}

/// Bytes that arrived, from some frame on.
#[derive(Debug)]
pub(crate) struct Frames<'a> {
    bytes: &'a [u8],
    max_frame: usize,
}

impl<'a> Frames<'a> {
    fn first_length(&self) -> Result<Option<usize>, Refusal> {
        let Some(length) = self.bytes.first_chunk::<4>() else {
            return Ok(None);
        };
        let length = i32::from_be_bytes(*length);
        let allowed = |bytes: &usize| (8..=self.max_frame).contains(bytes);
        let bytes = usize::try_from(length).ok().filter(allowed);
        bytes.map(Some).ok_or(Refusal::FrameLength {
            length,
            max: self.max_frame,
        })
    }

    /// The first frame without its length field, once it is whole.
    pub(crate) fn first(&self) -> Result<Option<&'a [u8]>, Refusal> {
        let Some(length) = self.first_length()? else {
            return Ok(None);
        };
        Ok(self.bytes.get(4..4 + length))
    }

    /// Goes on behind the first frame.
    pub(crate) fn consume(&mut self, first: &[u8]) {
        self.bytes = self.bytes.get(4 + first.len()..).unwrap_or_default();
    }

    /// How many bytes there are from here on.
    pub(crate) const fn left(&self) -> usize {
        self.bytes.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn inbox(mut bytes: &[u8]) -> Inbox {
        let mut inbox = Inbox::new(64);
        while inbox.fill(&mut bytes).await.unwrap() > 0 {}
        inbox
    }

    #[tokio::test]
    async fn splits_what_arrived_into_frames() {
        let bytes = [
            &[0, 0, 0, 8][..],
            b"abcdefgh",
            &[0, 0, 0, 9],
            b"abcdefghi",
            &[0, 0],
        ]
        .concat();
        let mut inbox = inbox(&bytes).await;
        assert_eq!(inbox.frame(), Ok(Some(&b"abcdefgh"[..])));
        inbox.consume(8);
        assert_eq!(inbox.frame(), Ok(Some(&b"abcdefghi"[..])));
        inbox.consume(9);
        assert_eq!(inbox.frame(), Ok(None));
        assert!(!inbox.is_empty());
    }

    #[tokio::test]
    async fn a_length_out_of_range_is_refused_before_its_bytes_arrive() {
        for (bytes, length) in [
            ([0, 0, 0, 7], 7),
            ([0, 0, 0, 0], 0),
            ([0, 0, 0, 65], 65),
            ([0x7f, 0xff, 0xff, 0xff], i32::MAX),
            ([0xff, 0xff, 0xff, 0xff], -1),
            ([0x80, 0, 0, 0], i32::MIN),
        ] {
            let refused = Refusal::FrameLength { length, max: 64 };
            assert_eq!(inbox(&bytes).await.frame(), Err(refused));
        }
    }

    #[tokio::test]
    async fn room_grows_with_what_arrives_and_not_with_what_is_claimed() {
        let mut inbox = Inbox::new(16 << 20);
        inbox
            .fill(&mut &[0x00, 0xff, 0xff, 0xff, 1][..])
            .await
            .unwrap();
        assert_eq!(inbox.frame(), Ok(None));
        assert!(
            inbox.bytes.capacity() <= 2 * FIRST_READ,
            "{}",
            inbox.bytes.capacity()
        );
    }
}
