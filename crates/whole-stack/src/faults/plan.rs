use std::collections::BTreeMap;
use std::pin::Pin;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use groupkeeper_assignment_store::memory::Gate;
use tokio::time::{Instant, sleep_until};

use super::Kind;
use crate::world::{Shared, World};

/// The end of a fault.
#[derive(Debug)]
pub(super) enum Undo {
    /// A process starts.
    Start { slot: usize },
    /// A process ends, and another starts in its place.
    Restart { slot: usize },
    /// The earlier of two processes at one address ends.
    EndElder { slot: usize },
    /// These wires carry again.
    Mend { wires: Vec<(usize, usize)> },
    /// The network is as fast as it was.
    Calm,
    /// Connections go on.
    LetGo,
    /// The store is back.
    StoreBack { gate: Option<Gate> },
    /// A write that was late arrives.
    Land,
    /// The lock service is back.
    LockBack { slots: Vec<usize> },
}

impl Undo {
    /// What people call it.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Start { .. } => "a gateway is down",
            Self::Restart { .. } => "a gateway is drained",
            Self::EndElder { .. } => "two processes at one address",
            Self::Mend { .. } => "wires are cut",
            Self::Calm => "the network is slow",
            Self::LetGo => "connections stall",
            Self::StoreBack { .. } => "the store is away",
            Self::Land => "a write is late",
            Self::LockBack { .. } => "the lock service is away",
        }
    }
}

/// Something that takes a while: a graceful stop, an operator's wish.
pub(super) type Job = Pin<Box<dyn Future<Output = ()>>>;

/// The faults of a seed.
pub(super) struct Plan {
    pub(super) world: Shared,
    /// The kinds that happen in this run: not all, so that each is seen without the others too.
    kinds: Vec<Kind>,
    undos: BTreeMap<(Instant, u64), Undo>,
    numbered: u64,
    pub(super) jobs: FuturesUnordered<Job>,
}

/// How long things go wrong.
const TROUBLE: Duration = Duration::from_secs(180);
/// How often at the least.
const FAULTS: u64 = 20;
/// The fewest kinds in one run.
const KINDS: usize = 6;

/// Runs a seed's faults, heals them, and looks whether all is well after that.
pub(crate) async fn run(world: Shared) {
    let mut plan = Plan::new(world);
    plan.trouble().await;
    plan.heal();
    plan.jobs.clear();
    plan.must_be_well().await;
}

impl Plan {
    fn new(world: Shared) -> Self {
        let kinds = kinds(&mut world.borrow_mut());
        Self {
            world,
            kinds,
            undos: BTreeMap::new(),
            numbered: 0,
            jobs: FuturesUnordered::new(),
        }
    }

    /// A fault now and then, until there were enough.
    async fn trouble(&mut self) {
        let end = Instant::now() + TROUBLE;
        let mut next = self.pause(3_000, 5_000);
        loop {
            let due = self
                .undos
                .keys()
                .next()
                .map_or(next, |(at, _)| next.min(*at));
            tokio::select! {
                biased;
                Some(()) = self.jobs.next(), if !self.jobs.is_empty() => continue,
                () = sleep_until(due) => {}
            }
            let now = Instant::now();
            while let Some(undo) = self.undos.first_entry()
                && undo.key().0 <= now
            {
                let undo = undo.remove();
                self.undo(undo);
            }
            if next <= now {
                if now >= end && self.world.borrow().counts.of("faults") >= FAULTS {
                    return;
                }
                self.strike();
                next = self.pause(1_000, 8_000);
            }
        }
    }

    /// What has not ended yet, the earliest end first.
    pub(super) fn rest(&mut self) -> Vec<Undo> {
        std::mem::take(&mut self.undos).into_values().collect()
    }

    fn strike(&mut self) {
        let kind = self.world.borrow_mut().random.pick(&self.kinds);
        let Some(kind) = kind else { return };
        let Some(what) = self.inject(kind) else {
            return;
        };
        let mut world = self.world.borrow_mut();
        world.counts.add("faults", 1);
        world.counts.add(kind.name(), 1);
        world.note(&format!("FAULT {}: {what}", kind.name()));
    }

    /// A moment that is between so many milliseconds away.
    pub(super) fn pause(&self, low: u64, high: u64) -> Instant {
        let micros = self
            .world
            .borrow_mut()
            .random
            .between(low * 1_000, high * 1_000);
        Instant::now() + Duration::from_micros(micros)
    }

    /// A fault ends between so many milliseconds from now.
    pub(super) fn later(&mut self, low: u64, high: u64, undo: Undo) {
        let at = self.pause(low, high);
        self.numbered += 1;
        self.undos.insert((at, self.numbered), undo);
    }
}

fn kinds(world: &mut World) -> Vec<Kind> {
    let share = world.random.between(250, 700);
    let mut kinds: Vec<Kind> = Kind::USUAL.to_vec();
    kinds.retain(|_| world.random.chance(share));
    while kinds.len() < KINDS {
        kinds.extend(world.random.pick(Kind::USUAL));
    }
    kinds
}
