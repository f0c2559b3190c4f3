use super::{Host, Network, OnHosts};
use crate::EtcdCluster;

/// A real etcd with a host for each member.
#[derive(Debug)]
pub struct HostedEtcd {
    /// All hosts, also those of whoever uses it.
    pub network: Network,
    /// Its members.
    pub etcd: EtcdCluster,
    hosts: Vec<Host>,
}

impl HostedEtcd {
    /// Starts so many members, and waits until they work.
    ///
    /// # Panics
    /// When they don't within a minute.
    pub async fn start(mut network: Network, members: usize, options: &[&str]) -> Self {
        let hosts: Vec<Host> = (0..members).map(|_| network.host()).collect();
        let etcd = EtcdCluster::on_hosts(&hosts, options).await;
        Self {
            network,
            etcd,
            hosts,
        }
    }

    /// Each member's host.
    pub fn hosts(&self) -> &[Host] {
        &self.hosts
    }
}

impl OnHosts for HostedEtcd {
    fn network(&self) -> &Network {
        &self.network
    }
}
