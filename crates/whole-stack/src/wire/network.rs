use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use groupkeeper_simulation::Random;
use groupkeeper_types::RpcAddr;
use tokio::sync::{Notify, mpsc};

use super::connection::{Connection, Side};
use super::port::Port;
use super::stream::SimStream;

/// A machine on the network: gateways by their slot, tools after them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Host(pub(crate) usize);

/// How long bytes take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weather {
    /// The shortest and the longest time, in microseconds.
    pub(crate) takes: (u64, u64),
    /// So many sendings in a thousand are lost and sent again, which takes 200 ms or more.
    pub(crate) loses: u64,
}

/// Clones are the same network.
#[derive(Debug, Clone)]
pub(crate) struct Network(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    state: Mutex<State>,
    /// Wires carry again, or somebody listens.
    changed: Notify,
}

#[derive(Debug)]
pub(super) struct State {
    random: Random,
    pub(super) weather: Weather,
    pub(super) ports: BTreeMap<RpcAddr, (Host, mpsc::Sender<SimStream>)>,
    pub(super) connections: BTreeMap<u64, Connection>,
    cut: BTreeSet<(Host, Host)>,
    ids: u64,
    /// Connections that somebody has accepted, or will.
    pub(super) accepted: u64,
}

impl Network {
    /// How many connections wait to be accepted; more are refused.
    const BACKLOG: usize = 64;

    pub(crate) fn new(random: Random) -> Self {
        let state = State {
            random,
            weather: Weather::CALM,
            ports: BTreeMap::new(),
            connections: BTreeMap::new(),
            cut: BTreeSet::new(),
            ids: 0,
            accepted: 0,
        };
        Self(Arc::new(Inner {
            state: Mutex::new(state),
            changed: Notify::new(),
        }))
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        // Nothing under this lock leaves a connection half changed when it panics.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until wires may carry that did not.
    pub(super) async fn changed(&self) {
        self.0.changed.notified().await;
    }

    /// Listens at an address, until the port is dropped or somebody else listens there.
    pub(crate) fn listen(&self, at: RpcAddr, host: Host) -> Port {
        let (sender, queue) = mpsc::channel(Self::BACKLOG);
        self.state().ports.insert(at, (host, sender));
        Port(queue)
    }

    /// Connections opened so far.
    pub(crate) fn opened(&self) -> u64 {
        self.state().accepted
    }

    pub(crate) fn set_weather(&self, weather: Weather) {
        self.state().weather = weather;
    }

    /// Nothing from one host arrives at the other any more.
    pub(crate) fn cut(&self, from: Host, to: Host) {
        self.state().cut.insert((from, to));
    }

    pub(crate) fn mend(&self, from: Host, to: Host) {
        self.state().cut.remove(&(from, to));
        self.look_again();
    }

    /// Every connection of a host breaks, and both sides hear of it. Says how many there were.
    pub(crate) fn reset(&self, host: Host) -> usize {
        self.change(|connection| connection.touches(host), |it| it.reset = true)
    }

    /// Nothing arrives over the connections that a host has now, until they are let go.
    pub(crate) fn stall(&self, host: Host) -> usize {
        self.change(
            |connection| connection.touches(host),
            |it| it.stalled = true,
        )
    }

    /// Nothing is stalled any more.
    pub(crate) fn let_go(&self) {
        self.change(|_| true, |it| it.stalled = false);
    }

    /// A host's power fails: over its connections nothing will ever come, not even their end.
    pub(crate) fn lose(&self, host: Host) {
        self.change(|connection| connection.touches(host), |it| it.dead = true);
    }

    /// Every wire carries, at the usual speed.
    pub(crate) fn heal(&self) {
        self.state().cut.clear();
        self.set_weather(Weather::CALM);
        self.let_go();
        self.look_again();
    }

    fn change(&self, which: impl Fn(&Connection) -> bool, how: impl Fn(&mut Connection)) -> usize {
        let mut changed = 0;
        let mut state = self.state();
        for connection in state.connections.values_mut().filter(|it| which(it)) {
            how(connection);
            connection.wake();
            changed += 1;
        }
        changed
    }

    fn look_again(&self) {
        self.change(|_| true, |_| ());
        self.0.changed.notify_waiters();
    }
}

impl State {
    /// Keeps a connection under a number of its own.
    pub(super) fn open(&mut self, connection: Connection) -> u64 {
        self.ids += 1;
        self.connections.insert(self.ids, connection);
        self.ids
    }

    /// How long something sent now is on its way.
    pub(super) fn travel(&mut self) -> Duration {
        let (low, high) = self.weather.takes;
        let mut micros = self.random.between(low, high);
        if self.random.chance(self.weather.loses) {
            micros += self.random.between(200_000, 800_000);
        }
        Duration::from_micros(micros)
    }

    pub(super) fn carries(&self, from: Host, to: Host) -> bool {
        !self.cut.contains(&(from, to))
    }

    /// Whether what a side of a connection has sent arrives now.
    pub(super) fn arrives(&self, connection: &Connection, from: Side) -> bool {
        let hosts = connection.hosts;
        !connection.stalled && !connection.dead && self.carries(hosts[from], hosts[1 - from])
    }
}

impl Weather {
    pub(crate) const CALM: Self = Self {
        takes: (100, 2_000),
        loses: 0,
    };
}
