//! Hosts with a network between them whose packets can be dropped, on one machine.

mod etcd;
mod namespace;
mod network;
mod weed;

pub use etcd::HostedEtcd;
pub use network::{Host, Network, OnHosts};
pub use weed::{HostedWeed, Layout};
