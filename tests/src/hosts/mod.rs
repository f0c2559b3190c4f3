//! Hosts with a network between them whose packets can be dropped, on one machine.

mod namespace;
mod network;
mod weed;

pub use network::{Host, Network};
pub use weed::{HostedWeed, Layout};
