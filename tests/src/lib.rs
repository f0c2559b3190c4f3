//! Tests that span crates, and what they share.

pub mod check;
#[cfg(feature = "real")]
mod clients;
#[cfg(feature = "real")]
mod etcd_cluster;
#[cfg(feature = "real")]
mod etcd_member;
#[cfg(feature = "real")]
mod filled;
pub mod history;
#[cfg(feature = "real")]
mod hosts;
#[cfg(feature = "real")]
pub mod scenario;
#[cfg(feature = "real")]
mod serve;
#[cfg(feature = "real")]
mod watched;
#[cfg(feature = "real")]
mod weed;
#[cfg(feature = "real")]
mod weed_cluster;
#[cfg(feature = "real")]
mod weed_filer;
#[cfg(feature = "real")]
mod weed_gateway;
#[cfg(feature = "real")]
mod weed_ports;
#[cfg(feature = "real")]
mod weed_process;

#[cfg(feature = "real")]
pub use clients::{Client, ask, python};
#[cfg(feature = "real")]
pub use etcd_cluster::{EtcdCluster, Stored};
#[cfg(feature = "real")]
pub use etcd_member::etcd_binaries;
#[cfg(feature = "real")]
pub use filled::fill;
#[cfg(feature = "real")]
pub use hosts::{Host, HostedEtcd, HostedWeed, Layout, Network, OnHosts};
#[cfg(feature = "real")]
pub use serve::{Serve, names};
#[cfg(feature = "real")]
pub use watched::{Lease, Watched};
#[cfg(feature = "real")]
pub use weed::{eventually, weed_binary};
#[cfg(feature = "real")]
pub use weed_cluster::WeedCluster;
#[cfg(feature = "real")]
pub use weed_filer::WeedFiler;
#[cfg(feature = "real")]
pub use weed_gateway::GoGateways;
#[cfg(feature = "real")]
pub use weed_ports::free_fleet;
