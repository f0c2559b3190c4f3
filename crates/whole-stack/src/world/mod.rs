//! A fleet, what it stands on, and what is known about it.

mod clients;
mod gateways;
mod process;
mod watch;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use groupkeeper_assignment_store::MemoryAssignmentStore;
use groupkeeper_election::testing::TokioClock;
use groupkeeper_election::{LockKey, MemoryLockService};
use groupkeeper_registry::{Registry, Timing};
use groupkeeper_simulation::{Random, Violation};
use groupkeeper_types::GroupName;

use crate::counts::Counts;
use crate::judge::Judge;
use crate::names;
use crate::parts::Calls;
use crate::trace::Trace;
use crate::wire::Network;

pub(crate) use clients::{Tool, ask, client, tool};
pub(crate) use process::{Process, Remains};
pub(crate) use watch::watch;

/// Everything, as all who act in one thread share it. It is never borrowed across a wait.
pub(crate) type Shared = Rc<RefCell<World>>;

pub(crate) struct World {
    pub(crate) random: Random,
    pub(crate) clock: TokioClock,
    pub(crate) locks: MemoryLockService,
    pub(crate) lock_key: LockKey,
    pub(crate) store: MemoryAssignmentStore,
    pub(crate) network: Network,
    pub(crate) calls: Calls,
    pub(crate) slots: Vec<Slot>,
    pub(crate) groups: Vec<GroupName>,
    /// Processes that have ended, until nothing is left of them.
    pub(crate) remains: Vec<Remains>,
    pub(crate) counts: Counts,
    pub(crate) judge: Judge,
    pub(crate) trace: Trace,
    pub(crate) broken: Option<Violation>,
    /// Processes so far.
    pids: u64,
}

/// Where a gateway lives, process after process.
pub(crate) struct Slot {
    pub(crate) process: Option<Process>,
    /// An earlier process that goes on although another has its address.
    pub(crate) elder: Option<Process>,
    /// The speed of the machine's clock, in parts per million.
    rate: u64,
    /// The lock service is out of its reach.
    pub(crate) lock_cut: bool,
}

impl World {
    pub(crate) fn new(seed: u64, keeps: usize) -> Self {
        let mut random = Random::new(seed);
        let clock = TokioClock::new();
        let timing = Timing::default();
        let fleet = random.between(3, 5);
        let slots = (0..fleet).map(|_| Slot {
            process: None,
            elder: None,
            rate: random.between(996_000, 1_004_000),
            lock_cut: false,
        });
        let slots = slots.collect();
        Self {
            locks: MemoryLockService::new(Arc::new(clock.clone())),
            lock_key: LockKey::new("whole-stack").expect("a key"),
            clock,
            store: MemoryAssignmentStore::new(),
            network: Network::new(Random::new(random.seed())),
            calls: Calls::default(),
            slots,
            groups: (0..names::GROUPS).map(names::group).collect(),
            remains: Vec::new(),
            counts: Counts::default(),
            judge: Judge::new(&timing),
            trace: Trace::new(keeps),
            broken: None,
            pids: 0,
            random,
        }
    }

    pub(crate) fn note(&mut self, text: &str) {
        self.trace.note(text);
    }

    /// Remembers the first invariant that breaks.
    pub(crate) fn check(&mut self, outcome: Result<(), Violation>) {
        if let Err(violation) = outcome
            && self.broken.is_none()
        {
            self.note(&format!(
                "BROKEN {}: {}",
                violation.invariant, violation.what
            ));
            self.broken = Some(violation);
        }
    }

    /// The processes that run, by slot.
    pub(crate) fn processes(&self) -> impl Iterator<Item = (usize, &Process)> {
        let slots = self.slots.iter().enumerate();
        slots.flat_map(|(slot, it)| {
            let both = it.process.iter().chain(&it.elder);
            both.map(move |process| (slot, process))
        })
    }

    /// The slot that leads, by its own clock.
    pub(crate) fn leader(&self) -> Option<usize> {
        self.processes()
            .find(|(_, process)| process.registry.is_leader())
            .map(|(slot, _)| slot)
    }

    /// Who answers over connections to a slot; `None` where it may be one of two.
    pub(crate) fn serving(&self, slot: usize) -> Option<u64> {
        let alone = self.slots[slot].elder.is_none();
        alone.then(|| self.pid(slot)).flatten()
    }

    pub(crate) fn pid(&self, slot: usize) -> Option<u64> {
        self.slots[slot].process.as_ref().map(|it| it.pid)
    }

    /// A process's registry, to ask it; whoever does stops when the process ends.
    pub(crate) fn registry(
        &self,
        slot: usize,
    ) -> Option<(u64, Registry, tokio_util::sync::CancellationToken)> {
        let process = self.slots[slot].process.as_ref()?;
        Some((process.pid, process.registry.clone(), process.ended.clone()))
    }
}
