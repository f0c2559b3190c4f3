use std::net::Ipv4Addr;
use std::time::Duration;

use groupkeeper_types::GroupName;
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::sleep;

use super::figures::{Figure, Outcome, Unit, write};
use super::recorder::Recorder;
use super::seen::{answered, owned};
use super::wire::Wire;
use crate::check::{check, groups_of};
use crate::weed_ports::free_port;
use crate::{Serve, WeedCluster, names};

/// How many groups every scenario has.
pub(super) const GROUPS: usize = 30;

/// Scenarios of one program run one after the other, so that none starves another.
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

/// Gateways of one fleet, each a process, on a real SeaweedFS with two filers, all of them watched.
#[derive(Debug)]
pub struct Fleet {
    scenario: &'static str,
    /// What they keep their decisions in.
    pub cluster: WeedCluster,
    /// Its gateways, the dead ones too.
    pub nodes: Vec<Node>,
    /// What was seen and done.
    pub recorder: Recorder,
    figures: Vec<Figure>,
    pub(super) wire: Option<Wire>,
    _alone: MutexGuard<'static, ()>,
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
        let alone = ONE_AT_A_TIME.lock().await;
        let cluster = WeedCluster::start(2).await;
        Self::on(scenario, gateways, cluster, None, alone).await
    }

    /// The same, and all packets between gateways, and between gateways and the store, go over a wire
    /// that can be [`cut`](Self::cut).
    ///
    /// # Panics
    /// When that takes more than a minute.
    pub async fn start_on_a_wire(scenario: &'static str, gateways: usize) -> Self {
        let alone = ONE_AT_A_TIME.lock().await;
        let mut wire = Wire::new();
        let mut cluster = WeedCluster::without_filers(wire.front()).await;
        let master = cluster.master().port();
        for port in [master, master + 10_000] {
            wire.open(port).await;
        }
        for _ in 0..2 {
            let filer = free_port();
            for port in [filer, filer + 10_000] {
                wire.open(port).await;
            }
            cluster.start_filer_at(filer, &[]).await;
        }
        cluster.ready().await;
        Self::on(scenario, gateways, cluster, Some(wire), alone).await
    }

    async fn on(
        scenario: &'static str,
        gateways: usize,
        cluster: WeedCluster,
        wire: Option<Wire>,
        alone: MutexGuard<'static, ()>,
    ) -> Self {
        // Until then a transaction may go to the filer that decided before the second one came.
        cluster.settled().await;
        let groups = names(GROUPS);
        let groups = groups
            .iter()
            .map(|name| GroupName::new(name).expect("a name"));
        let mut fleet = Self {
            scenario,
            cluster,
            nodes: Vec::new(),
            recorder: Recorder::new(groups.collect()),
            figures: Vec::new(),
            wire,
            _alone: alone,
        };
        for _ in 0..gateways {
            let node = fleet.node().await;
            fleet.nodes.push(node);
        }
        for place in 0..gateways {
            fleet.nodes[place].serve.knows(gateways).await;
        }
        for place in 0..gateways {
            fleet.watch(place);
        }
        fleet.all_is_well().await;
        fleet
    }

    async fn node(&mut self) -> Node {
        let port = free_port();
        let mut host = Ipv4Addr::LOCALHOST;
        let master = self.cluster.master().port();
        if let Some(wire) = &mut self.wire {
            host = wire.front();
            wire.open(port + 10_000).await;
        }
        let backend = format!("--backend=seaweedfs:{host}:{master}");
        let advertise = format!("--advertise={host}:{port}");
        let serve = Serve::start_at(&format!("127.0.0.1:{port}"), &[&backend, &advertise]);
        self.attach(&serve);
        Node {
            addr: format!("{host}:{port}"),
            serve,
            process: usize::MAX,
        }
    }

    /// Tells the wire of a process that has just been started, and is not on it yet.
    pub(super) fn attach(&self, serve: &Serve) {
        if let Some(wire) = &self.wire {
            wire.attach(serve.pid(), super::faults::rpc_port(serve));
        }
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

    /// Stops watching, writes down what was seen, and holds it against the rules.
    ///
    /// # Panics
    /// When a rule is broken.
    pub async fn finish(mut self) {
        // What comes late is to be seen too.
        sleep(Duration::from_secs(1)).await;
        for node in &self.nodes {
            self.recorder.forget(node.process).await;
        }
        let history = self.recorder.history();
        let failed = crate::check::failed_lookups(&history).len();
        self.counted(
            "failed lookups of a living coordinator's group at a living gateway",
            failed,
        );
        let moved = crate::check::moved_from_the_living(&history);
        self.counted("groups moved from a living coordinator", moved);
        let checked = check(&history);
        let violations = checked.as_ref().err().cloned().unwrap_or_default();
        let violations: Vec<String> = violations.iter().map(ToString::to_string).collect();
        let outcome = Outcome {
            scenario: self.scenario,
            seen: checked.ok(),
            violations,
            figures: &self.figures,
        };
        let at = write(&history, &outcome);
        let violations = &outcome.violations;
        assert!(
            violations.is_empty(),
            "{} violations in {}:\n{}",
            violations.len(),
            at.display(),
            violations
                .iter()
                .take(20)
                .cloned()
                .collect::<Vec<_>>()
                .join("\n")
        );
    }
}
