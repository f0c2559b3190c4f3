use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::fleet::{Fleet, GROUPS, Node, places};
use super::kafka::KafkaClient;
use super::seen::{one_answer, owned};
use crate::history::{Answer, Fault};
use crate::{Host, HostedWeed, Layout, Network, OnHosts, Serve};

/// Two of these run side by side, with more gateways, for longer; what they are watched for lasts
/// seconds.
pub(super) const SLOWLY: u32 = 5;

/// Which packets between some hosts and others are dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Those they send, and those sent to them.
    Both,
    /// Those they send.
    Sent,
    /// Those sent to them.
    Received,
}

/// Gateways, filers and masters on a host each, and a network between them whose packets can be dropped.
impl Fleet<HostedWeed> {
    /// Starts everything, has all groups assigned, and waits until each gateway knows all and each group
    /// is owned.
    ///
    /// # Panics
    /// When that takes more than a minute.
    pub async fn start_on_hosts(scenario: &'static str, network: Network, layout: Layout) -> Self {
        let places = places(1).await;
        let cluster = HostedWeed::start(network, layout).await;
        // Until then a transaction may go to a filer that decided before the last one came.
        sleep(Duration::from_secs(6)).await;
        let backend = format!("--backend=seaweedfs:{}", cluster.master_list());
        let mut fleet = Self::without_gateways(scenario, cluster, SLOWLY, places);
        for _ in 0..layout.gateways {
            let host = fleet.cluster.network.host();
            let addr = format!("{}:9092", host.ip());
            let serve = Serve::start_on(host, &addr, &[&backend]);
            fleet.nodes.push(Node::new(addr, serve));
        }
        fleet.together().await;
        fleet
    }

    /// Lets all packets pass again, waits until all is well, and notes how long that took; then until
    /// SeaweedFS has put itself together, and the fleet has got over that too. Only then is everybody
    /// promised to be well.
    ///
    /// # Panics
    /// When something of it takes more than a minute.
    pub async fn heal(&mut self, what: &str, unwell: &[usize]) {
        self.let_pass(what).await;
        // A filer that is only silent finds out after 80 s that its master has closed the connection.
        for filer in self.cluster.filers() {
            filer.close_connections(&self.cluster.masters());
        }
        self.cluster.agreed().await;
        let all: Vec<usize> = (0..self.nodes.len()).collect();
        self.decides(&format!("{what}, healed"), &all).await;
        self.all_agree().await;
        for &place in unwell {
            self.recorder.healed(&self.nodes[place].addr);
        }
        self.recorder.store_healed();
    }
}

/// What can be done to the packets of any store and its gateways.
impl<S: OnHosts> Fleet<S> {
    /// Where a gateway runs.
    ///
    /// # Panics
    /// When it runs on no host.
    pub fn host(&self, place: usize) -> Host {
        let host = self.nodes[place].serve.host().cloned();
        host.expect("it runs on a host")
    }

    /// Writes down that these gateways are not promised to be well, nor the store where `store` says so,
    /// then drops the packets between some hosts and others; returns when.
    ///
    /// # Panics
    /// When the machine refuses.
    pub fn drop_between(
        &self,
        some: &[Host],
        others: &[Host],
        how: Cut,
        unwell: &[usize],
        store: bool,
    ) -> u64 {
        let at = self.recorder.now();
        for &place in unwell {
            self.recorder.fault(&self.nodes[place].addr, Fault::Cut);
        }
        if store {
            self.recorder.store_fault();
        }
        let network = self.cluster.network();
        if how != Cut::Received {
            network.drop_packets(some, others);
        }
        if how != Cut::Sent {
            network.drop_packets(others, some);
        }
        at
    }

    /// Lets all packets pass again, waits until all is well, and notes how long that took. The servers of the
    /// store must have reached each other all the time.
    ///
    /// # Panics
    /// When that takes more than a minute.
    pub async fn mend(&mut self, what: &str, unwell: &[usize]) {
        self.let_pass(what).await;
        for &place in unwell {
            self.recorder.healed(&self.nodes[place].addr);
        }
    }

    async fn let_pass(&mut self, what: &str) {
        self.cluster.network().heal();
        let healed = self.recorder.now();
        self.all_agree().await;
        let well = self.recorder.now();
        let name =
            format!("{what}: from healing until each group is owned and all name one gateway");
        self.took(&name, healed, well, Some(Duration::from_secs(15)));
    }

    async fn all_agree(&self) {
        let pairs = self.recorder.watched() * GROUPS;
        let what = "each group is owned, and everybody names one coordinator";
        self.until(what, |history, from| {
            (owned(history, from) && one_answer(history, from, pairs)).then_some(())
        })
        .await;
    }
}

impl<S> Fleet<S> {
    /// When one of these gateways had an answer for a group that nobody had asked for before: it is
    /// decided then.
    ///
    /// # Panics
    /// When there is none within two minutes.
    pub async fn decides(&self, group: &str, living: &[usize]) -> u64 {
        let mut clients: Vec<_> = living
            .iter()
            .map(|&place| KafkaClient::new(self.nodes[place].serve.kafka()))
            .collect();
        let asked = async {
            loop {
                for client in &mut clients {
                    if let Answer::At(_) = client.find(group).await {
                        return self.recorder.now();
                    }
                }
                sleep(Duration::from_millis(100)).await;
            }
        };
        let decided = timeout(Duration::from_secs(120), asked).await;
        decided.unwrap_or_else(|_| panic!("two minutes passed, and nobody decided on {group}"))
    }
}
