use super::fleet::{Fleet, Node, places};
use super::on_hosts::{Cut, SLOWLY};
use crate::weed_ports::free_port;
use crate::{EtcdCluster, Host, HostedEtcd, Network, Serve, etcd_binaries, eventually};

/// How many members every etcd of a scenario has.
pub const MEMBERS: usize = 3;

/// Gateways of one fleet, each a process, on a real etcd of three members.
impl Fleet<EtcdCluster> {
    /// Starts so many gateways, has all groups assigned, and waits until each gateway knows all and
    /// each group is owned.
    ///
    /// # Panics
    /// When that takes more than a minute.
    pub async fn start_on_etcd(scenario: &'static str, gateways: usize) -> Self {
        Self::start_on_etcd_with(scenario, gateways, &[]).await
    }

    /// As [`start_on_etcd`](Self::start_on_etcd), with more options for each member.
    ///
    /// # Panics
    /// When that takes more than a minute.
    pub async fn start_on_etcd_with(
        scenario: &'static str,
        gateways: usize,
        options: &[&str],
    ) -> Self {
        let places = places(2).await;
        let cluster = EtcdCluster::start_with(&etcd_binaries()[0], MEMBERS, options).await;
        let backend = format!("--backend={}", cluster.backend());
        let mut fleet = Self::without_gateways(scenario, cluster, 1, places);
        for _ in 0..gateways {
            let addr = format!("127.0.0.1:{}", free_port());
            let serve = Serve::start_at(&addr, &[&backend]);
            fleet.nodes.push(Node::new(addr, serve));
        }
        fleet.together().await;
        fleet
    }
}

/// The same, with a host for each gateway and each member.
impl Fleet<HostedEtcd> {
    /// Starts everything, has all groups assigned, and waits until each gateway knows all and each group is
    /// owned.
    ///
    /// # Panics
    /// When that takes more than a minute.
    pub async fn start_on_etcd_hosts(
        scenario: &'static str,
        network: Network,
        gateways: usize,
        options: &[&str],
    ) -> Self {
        let places = places(1).await;
        let cluster = HostedEtcd::start(network, MEMBERS, options).await;
        let backend = format!("--backend={}", cluster.etcd.backend());
        let mut fleet = Self::without_gateways(scenario, cluster, SLOWLY, places);
        for _ in 0..gateways {
            let host = fleet.cluster.network.host();
            let addr = format!("{}:9092", host.ip());
            let serve = Serve::start_on(host, &addr, &[&backend]);
            fleet.nodes.push(Node::new(addr, serve));
        }
        fleet.together().await;
        fleet
    }

    /// Writes down that these gateways are not promised to be well, then drops all packets between some
    /// hosts and all others; returns when.
    ///
    /// # Panics
    /// When the machine refuses.
    pub fn cut_off(&self, side: &[Host], unwell: &[usize]) -> u64 {
        let rest = self.cluster.network.others(side);
        self.drop_between(side, &rest, Cut::Both, unwell, true)
    }

    /// Lets all packets pass again, waits until all is well, and notes how long that took; then until etcd
    /// says that it is whole. Only then is everybody promised to be well.
    ///
    /// # Panics
    /// When something of it takes more than a minute.
    pub async fn heal_etcd(&mut self, what: &str, unwell: &[usize]) {
        self.mend(what, unwell).await;
        let members: Vec<usize> = (0..self.cluster.etcd.len()).collect();
        eventually("every member of etcd is well", async || {
            let asked = self
                .cluster
                .etcd
                .try_ctl_at(&members, &["endpoint", "health"]);
            asked.await.ok()
        })
        .await;
        let all: Vec<usize> = (0..self.nodes.len()).collect();
        self.decides(&format!("{what}, healed"), &all).await;
        self.all_is_well().await;
        self.recorder.store_healed();
    }
}
