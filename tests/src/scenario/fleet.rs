use std::time::Duration;

use groupkeeper_types::GroupName;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::figures::{Figure, Unit};
use super::recorder::Recorder;
use super::seen::{answered, owned};
use crate::check::groups_of;
use crate::weed_ports::free_port;
use crate::{Serve, WeedCluster, names};

/// How many groups every scenario has.
pub const GROUPS: usize = 30;

/// Scenarios of one program run one after the other, so that none starves another; two that mostly
/// wait may run side by side.
static PLACES: Semaphore = Semaphore::const_new(2);

/// Waits for so many of the [places](PLACES).
pub(super) async fn places(count: u32) -> SemaphorePermit<'static> {
    let permit = PLACES.acquire_many(count).await;
    permit.expect("the places are never closed")
}

/// Gateways of one fleet, each a process, on a real store, all of them watched: a SeaweedFS with two filers
/// unless it says otherwise.
#[derive(Debug)]
pub struct Fleet<S = WeedCluster> {
    pub(super) scenario: &'static str,
    /// What they keep their decisions in.
    pub cluster: S,
    /// Its gateways, the dead ones too.
    pub nodes: Vec<Node>,
    /// What was seen and done.
    pub recorder: Recorder,
    pub(super) figures: Vec<Figure>,
    /// What was seen has been held against the rules.
    pub(super) judged: bool,
    _places: SemaphorePermit<'static>,
}

/// A gateway and its present process.
#[derive(Debug)]
pub struct Node {
    /// Its advertised address.
    pub addr: String,
    /// The process, as an operator started it.
    pub serve: Serve,
    /// Its number in the history.
    pub process: usize,
}

impl Fleet {
    /// Starts so many gateways, has all groups assigned, and waits until each gateway knows all and
    /// each group is owned.
    ///
    /// # Panics
    /// When that takes more than a minute.
    pub async fn start(scenario: &'static str, gateways: usize) -> Self {
        let places = places(2).await;
        let cluster = WeedCluster::start(2).await;
        Self::on(scenario, gateways, cluster, places).await
    }

    async fn on(
        scenario: &'static str,
        gateways: usize,
        cluster: WeedCluster,
        places: SemaphorePermit<'static>,
    ) -> Self {
        // Until then a transaction may go to the filer that decided before the second one came.
        cluster.settled().await;
        let mut fleet = Self::without_gateways(scenario, cluster, 1, places);
        let backend = format!(
            "--backend=seaweedfs:127.0.0.1:{}",
            fleet.cluster.master().port()
        );
        for _ in 0..gateways {
            let addr = format!("127.0.0.1:{}", free_port());
            let serve = Serve::start_at(&addr, &[&backend]);
            fleet.nodes.push(Node::new(addr, serve));
        }
        fleet.together().await;
        fleet
    }
}

impl Node {
    pub(super) const fn new(addr: String, serve: Serve) -> Self {
        Self {
            addr,
            serve,
            process: usize::MAX,
        }
    }
}

impl<S> Fleet<S> {
    pub(super) fn without_gateways(
        scenario: &'static str,
        cluster: S,
        rests: u32,
        places: SemaphorePermit<'static>,
    ) -> Self {
        let groups = names(GROUPS);
        let groups = groups
            .iter()
            .map(|name| GroupName::new(name).expect("a name"));
        Self {
            scenario,
            cluster,
            nodes: Vec::new(),
            recorder: Recorder::new(groups.collect(), rests),
            figures: Vec::new(),
            judged: false,
            _places: places,
        }
    }

    /// Waits until all gateways know each other and every group, and asks them about all from now on.
    pub(super) async fn together(&mut self) {
        let gateways = self.nodes.len();
        for node in &self.nodes {
            node.serve.knows(gateways).await;
        }
        for place in 0..gateways {
            self.watch(place);
        }
        self.all_is_well().await;
    }

    /// Asks a gateway's present process from now on.
    pub(super) fn watch(&mut self, place: usize) {
        let node = &mut self.nodes[place];
        let serve = &node.serve;
        node.process = self.recorder.watch(serve.kafka(), &node.addr, serve.rpc());
    }

    /// Waits until each group is owned, and every gateway that is watched answers for each.
    ///
    /// # Panics
    /// When that takes more than a minute.
    pub async fn all_is_well(&self) {
        let watched = self.recorder.watched();
        self.until(
            "each group is owned, and known everywhere",
            |history, from| {
                (owned(history, from) && answered(history, from, watched * GROUPS)).then_some(())
            },
        )
        .await;
    }

    /// The groups that a gateway owned just before a moment.
    pub fn groups_of(&self, place: usize, before: u64) -> Vec<String> {
        let addr = &self.nodes[place].addr;
        let groups = self
            .recorder
            .look(|history| groups_of(history, addr, before));
        groups.into_iter().collect()
    }

    /// Notes how long something took, from a moment to another.
    pub fn took(&mut self, name: &str, from: u64, to: u64, limit: Option<Duration>) {
        let ms = |span: Duration| span.as_secs_f64() * 1_000.0;
        self.figures.push(Figure {
            name: name.to_owned(),
            unit: Unit::Ms,
            value: Some(ms(Duration::from_micros(to.saturating_sub(from)))),
            limit: limit.map(ms),
        });
    }

    /// Notes how often something happened; never is right.
    pub fn counted(&mut self, name: &str, count: usize) {
        self.figures.push(Figure {
            name: name.to_owned(),
            unit: Unit::Count,
            value: u32::try_from(count).ok().map(f64::from),
            limit: Some(0.0),
        });
    }

    /// Notes how often something happened, just to be seen.
    pub fn noted(&mut self, name: &str, count: usize) {
        self.counted(name, count);
        if let Some(figure) = self.figures.last_mut() {
            figure.limit = None;
        }
    }
}
