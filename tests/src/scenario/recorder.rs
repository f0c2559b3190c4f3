use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use groupkeeper_registry::peer::Role;
use groupkeeper_rpc::DirectoryClient;
use groupkeeper_types::{BootClock, Clock as _, GroupName, Moment, RpcAddr};
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::kafka::KafkaClient;
use crate::history::{Claim, Event, Fault, History};

/// How long each task rests between two questions.
const ANSWERS: Duration = Duration::from_millis(40);
const CLAIMS: Duration = Duration::from_millis(20);
const LEADERS: Duration = Duration::from_millis(10);

/// Longer than any gateway may take to say what it has in memory.
const PATIENCE: Duration = Duration::from_secs(5);

/// Asks every process about everything, all the time, and writes down what it says.
#[derive(Debug)]
pub struct Recorder {
    shared: Arc<Shared>,
    /// How many times as long each task rests.
    rests: u32,
    groups: Vec<GroupName>,
    /// Those of each process that is asked.
    tasks: BTreeMap<usize, JoinSet<()>>,
}

#[derive(Debug)]
struct Shared {
    began: Moment,
    history: Mutex<History>,
}

impl Recorder {
    /// Nobody is asked yet. Who is asked so many times as rarely leaves processors to others.
    pub(super) fn new(groups: Vec<GroupName>, rests: u32) -> Self {
        Self {
            rests,
            shared: Arc::new(Shared {
                began: BootClock.now(),
                history: Mutex::default(),
            }),
            groups,
            tasks: BTreeMap::new(),
        }
    }

    /// Asks a process from now on, and returns its number.
    pub(super) fn watch(&mut self, kafka: &str, advertised: &str, rpc: &str) -> usize {
        let process = self.shared.with(|history| {
            history.processes.push(advertised.to_owned());
            history.processes.len() - 1
        });
        let mut tasks = JoinSet::new();
        for (number, group) in self.groups.iter().enumerate() {
            let (client, shared) = (KafkaClient::new(kafka), Arc::clone(&self.shared));
            // Spread over the pause, not all at once.
            let rest = ANSWERS * self.rests;
            let offset = rest * u32::try_from(number).unwrap_or(0)
                / u32::try_from(self.groups.len()).unwrap_or(1);
            let group = group.to_string();
            tasks.spawn(async move {
                sleep(offset).await;
                ask_answers(client, process, group, rest, &shared).await;
            });
        }
        let rpc = RpcAddr::new(rpc).expect("an address");
        let (groups, shared) = (self.groups.clone(), Arc::clone(&self.shared));
        let (claims, leaders) = (CLAIMS * self.rests, LEADERS * self.rests);
        tasks.spawn(ask_claims(rpc.clone(), process, groups, claims, shared));
        tasks.spawn(ask_leaders(rpc, process, leaders, Arc::clone(&self.shared)));
        self.tasks.insert(process, tasks);
        process
    }

    /// Asks a process no more: it is dead, or another takes its address.
    pub(super) async fn forget(&mut self, process: usize) {
        if let Some(mut tasks) = self.tasks.remove(&process) {
            tasks.shutdown().await;
        }
    }

    /// How many processes are asked.
    pub(super) fn watched(&self) -> usize {
        self.tasks.len()
    }

    /// The moment now, in microseconds since the recording began.
    pub fn now(&self) -> u64 {
        self.shared.now()
    }

    /// What has been seen so far.
    pub fn history(&self) -> History {
        self.shared.with(|history| history.clone())
    }

    /// Looks at what has been seen so far.
    pub fn look<T>(&self, look: impl FnOnce(&History) -> T) -> T {
        self.shared.with(|history| look(history))
    }

    /// Writes down that something is about to be done to a gateway, and returns when.
    pub fn fault(&self, addr: &str, what: Fault) -> u64 {
        let (addr, at) = (addr.to_owned(), self.now());
        self.shared.note(Event::Fault { addr, what, at });
        at
    }

    /// Writes down that a gateway is well again.
    pub fn healed(&self, addr: &str) {
        let (addr, at) = (addr.to_owned(), self.now());
        self.shared.note(Event::Healed { addr, at });
    }

    /// Writes down that something is about to be done to the store.
    pub fn store_fault(&self) {
        let at = self.now();
        self.shared.note(Event::StoreFault { at });
    }

    /// Writes down that the store is well again.
    pub fn store_healed(&self) {
        let at = self.now();
        self.shared.note(Event::StoreHealed { at });
    }
}

impl Shared {
    fn now(&self) -> u64 {
        let since = BootClock.now().since(self.began);
        u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
    }

    fn with<T>(&self, look: impl FnOnce(&mut History) -> T) -> T {
        look(&mut self.history.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn note(&self, event: Event) {
        self.with(|history| history.events.push(event));
    }
}

async fn ask_answers(
    mut client: KafkaClient,
    process: usize,
    group: String,
    rest: Duration,
    shared: &Shared,
) {
    loop {
        let start = shared.now();
        let answer = client.find(&group).await;
        shared.note(Event::Answer {
            process,
            group: group.clone(),
            start,
            end: shared.now(),
            answer,
        });
        sleep(rest).await;
    }
}

async fn ask_claims(
    rpc: RpcAddr,
    process: usize,
    groups: Vec<GroupName>,
    rest: Duration,
    shared: Arc<Shared>,
) {
    let mut client = None;
    loop {
        let start = shared.now();
        if let Some(owned) = ask(&mut client, &rpc, async |client| {
            client.owns(&groups).await.ok()
        })
        .await
        {
            let held = owned.groups.into_iter().filter_map(|(group, is)| {
                let held = is.held?;
                let claim = Claim {
                    token: (held.token.epoch.get(), held.token.revision.get()),
                    left: u64::try_from(held.left.as_micros()).unwrap_or(u64::MAX),
                };
                Some((group.to_string(), claim))
            });
            shared.note(Event::Claims {
                process,
                start,
                end: shared.now(),
                held: held.collect(),
            });
        }
        sleep(rest).await;
    }
}

async fn ask_leaders(rpc: RpcAddr, process: usize, rest: Duration, shared: Arc<Shared>) {
    let mut client = None;
    loop {
        let start = shared.now();
        if let Some(status) = ask(&mut client, &rpc, async |client| client.stats().await.ok()).await
        {
            let leader = status.leader.as_ref();
            shared.note(Event::Leader {
                process,
                start,
                end: shared.now(),
                leader: leader.map(|leader| (leader.addr.to_string(), leader.epoch.get())),
                leads: status.role == Role::Leader && status.fresh,
            });
        }
        sleep(rest).await;
    }
}

/// Asks over a connection that is kept, and made anew after a call that failed.
async fn ask<T>(
    client: &mut Option<DirectoryClient>,
    rpc: &RpcAddr,
    call: impl AsyncFnOnce(&DirectoryClient) -> Option<T>,
) -> Option<T> {
    let connected = match client.take() {
        Some(connected) => connected,
        None => DirectoryClient::connect(rpc, PATIENCE).await.ok()?,
    };
    let answer = call(&connected).await?;
    *client = Some(connected);
    Some(answer)
}
