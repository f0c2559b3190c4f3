//! A network in memory: connections between hosts whose bytes take time, arrive late, or do not
//! arrive.
//!
//! A connection behaves as TCP does. What a cut wire holds back comes when the wire carries again, in
//! order; what was on its way to a process that has ended is lost, and the other side hears of it; of
//! a machine that is gone nobody hears anything.

mod connection;
mod dialer;
mod network;
mod port;
mod stream;

pub(crate) use dialer::Dialer;
pub(crate) use network::{Host, Network, Weather};
pub(crate) use port::Port;
