//! A running listener on a real socket, and clients good and bad.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends at the first thing it did not expect"
)]

mod answers;
mod author;
mod bind;
mod client;
mod counts;
mod crowd;
mod group_calls;
mod group_frames;
mod hostile;
mod log;
mod lookups;
mod names;
mod server;
mod shutdown;
mod slow;
