use std::collections::VecDeque;
use std::task::Waker;

use tokio::time::Instant;

use super::network::Host;

/// The most bytes on their way in one direction; who sends more waits. As a socket's buffers.
const MOST: usize = 256 * 1024;

/// One side of a connection: 0 for who opened it, 1 for who accepted it.
pub(super) type Side = usize;

/// What goes one way.
#[derive(Debug, Default)]
pub(super) struct Pipe {
    pub(super) chunks: VecDeque<(Instant, Vec<u8>)>,
    bytes: usize,
    /// When the last of it has arrived, and the end with it.
    pub(super) ends: Option<Instant>,
    pub(super) reader: Option<Waker>,
    pub(super) writer: Option<Waker>,
}

/// A connection between two hosts.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) hosts: [Host; 2],
    /// By the side that writes.
    pub(super) pipes: [Pipe; 2],
    pub(super) open: [bool; 2],
    /// Nothing arrives, either way, until this is over.
    pub(super) stalled: bool,
    /// One of the machines is gone: nothing ever arrives.
    pub(super) dead: bool,
    pub(super) reset: bool,
}

impl Pipe {
    pub(super) fn is_full(&self) -> bool {
        self.bytes >= MOST
    }

    /// Sends, to arrive at that moment or after what was sent before.
    pub(super) fn send(&mut self, due: Instant, bytes: &[u8]) {
        self.bytes += bytes.len();
        let due = self.chunks.back().map_or(due, |(last, _)| due.max(*last));
        self.chunks.push_back((due, bytes.to_vec()));
        wake(&mut self.reader);
    }

    /// No more comes after what was sent.
    pub(super) fn end(&mut self, due: Instant) {
        let due = self.chunks.back().map_or(due, |(last, _)| due.max(*last));
        self.ends.get_or_insert(due);
        wake(&mut self.reader);
    }

    /// As much of what has arrived as there is room for; `None` when nothing has.
    pub(super) fn take(&mut self, now: Instant, room: usize) -> Option<Vec<u8>> {
        let (due, chunk) = self.chunks.front_mut()?;
        if now < *due {
            return None;
        }
        let rest = chunk.split_off(room.min(chunk.len()));
        let taken = std::mem::replace(chunk, rest);
        if chunk.is_empty() {
            self.chunks.pop_front();
        }
        self.bytes -= taken.len();
        wake(&mut self.writer);
        Some(taken)
    }

    /// When there will be something to take.
    pub(super) fn due(&self) -> Option<Instant> {
        self.chunks.front().map(|(due, _)| *due).or(self.ends)
    }
}

impl Connection {
    pub(super) fn new(hosts: [Host; 2]) -> Self {
        Self {
            hosts,
            pipes: Default::default(),
            open: [true; 2],
            stalled: false,
            dead: false,
            reset: false,
        }
    }

    /// Whether one of its ends is at this host.
    pub(super) fn touches(&self, host: Host) -> bool {
        self.hosts.contains(&host)
    }

    /// Everybody who waits looks again.
    pub(super) fn wake(&mut self) {
        for pipe in &mut self.pipes {
            wake(&mut pipe.reader);
            wake(&mut pipe.writer);
        }
    }
}

fn wake(waker: &mut Option<Waker>) {
    if let Some(waker) = waker.take() {
        waker.wake();
    }
}
