use std::collections::BTreeMap;

use groupkeeper_assignment_store::{GatewayRecord, LeaderRecord};
use groupkeeper_registry::machine::{CallId, Machine, OpId};
use groupkeeper_registry::peer::{Decision, MemberList};
use groupkeeper_types::{GatewayAddr, GroupName, Moment, Nonce, Stamp};

use crate::flying::{Flying, Pid};
use crate::hashed::Hashed;

/// The world at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct State {
    pub(crate) now: u64,
    pub(crate) gateways: Vec<Hashed<Gateway>>,
    pub(crate) store: Hashed<Store>,
    pub(crate) flying: BTreeMap<Hashed<Flying>, u8>,
    pub(crate) history: Hashed<History>,
    pub(crate) left: Faults,
    pub(crate) event: Event,
    pub(crate) broken: Option<Broken>,
}

/// One gateway: the machine, and what its driver keeps.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Gateway {
    pub(crate) pid: Pid,
    pub(crate) machine: Machine,
    pub(crate) paused: bool,
    /// Whether the lock is thought to be its.
    pub(crate) believes: bool,
    pub(crate) calls: BTreeMap<CallId, Caller>,
    /// What look-ups are answered with.
    pub(crate) view: BTreeMap<GroupName, Decision>,
    pub(crate) held: BTreeMap<GroupName, Stamp>,
    pub(crate) applied: Stamp,
    pub(crate) fresh_until: Moment,
    pub(crate) lease_until: Moment,
    pub(crate) leads: bool,
    pub(crate) members: MemberList,
    /// The newest commit it has issued, and what is wrong with each decision in it.
    pub(crate) issued: Option<(Nonce, BTreeMap<GroupName, Broken>)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Caller {
    Heartbeat(Option<(Pid, OpId)>),
    Client,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct Store {
    pub(crate) record: Option<LeaderRecord>,
    pub(crate) assignments: BTreeMap<GroupName, Decision>,
    pub(crate) gateways: BTreeMap<GatewayAddr, GatewayRecord>,
}

/// What has been: not part of the world, only of its judgement.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct History {
    /// The decisions of whole commits, in their order, and when each was whole.
    pub(crate) decided: BTreeMap<GroupName, Vec<(Decision, u64)>>,
    /// The newest decision that somebody was answered with.
    pub(crate) answered: BTreeMap<GroupName, Stamp>,
    /// Groups that were moved by hand.
    pub(crate) wanted: Vec<GroupName>,
    /// When the present epoch began.
    pub(crate) begun: u64,
}

/// How much may still go wrong, and how much happen from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Faults {
    /// Quanta until the end.
    pub time: u8,
    /// Times that the lock is given to a gateway.
    pub terms: u8,
    /// Of these, times that another gateway still believes to have it.
    pub doubles: u8,
    /// Requests that are given up by who sent them; they may arrive all the same.
    pub timeouts: u8,
    /// Heartbeats that arrive twice.
    pub copies: u8,
    /// Commits that stop half way, listings that end early and entries that can't be read.
    pub halves: u8,
    /// Gateways that pause.
    pub pauses: u8,
    /// Processes that die and are started again.
    pub restarts: u8,
    /// Quanta that pass although something is under way.
    pub delays: u8,
    /// Clients' questions.
    pub questions: u8,
    /// Moves and drains by hand.
    pub moves: u8,
}

/// What has just happened, so that a model in which it never does is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Event {
    Nothing,
    /// A commit is whole that decides half of an earlier epoch's again.
    Settled,
    /// A write of an epoch that is over was refused.
    Refused,
}

/// Which promise a step has broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Broken {
    Fenced,
    Sticky,
    Durable,
    Honest,
}

impl State {
    /// What every clock shows.
    pub(crate) fn moment(&self) -> Moment {
        moment(self.now)
    }

    pub(crate) fn put(&mut self, flying: Flying) {
        *self.flying.entry(Hashed::new(flying)).or_default() += 1;
    }

    pub(crate) fn take(&mut self, flying: &Hashed<Flying>) {
        if let Some(count) = self.flying.get_mut(flying) {
            *count -= 1;
            if *count == 0 {
                self.flying.remove(flying);
            }
        }
    }

    pub(crate) fn lives(&self, pid: Pid) -> bool {
        self.gateways[pid.0].pid == pid
    }
}

/// The length of a quantum, in microseconds.
pub(crate) const QUANTUM: u64 = 1_000_000;

/// The clocks start at one quantum: at zero, "never" and "now" would be the same.
pub(crate) fn moment(now: u64) -> Moment {
    Moment::from_micros((now + 1) * QUANTUM)
}

impl State {
    /// What each gateway would answer, for people who read a path.
    pub fn told(&self) -> String {
        let one = |it: &Hashed<Gateway>| {
            let known = it.view.values().map(|d| format!("{}@{}", d.group, d.stamp));
            let known: Vec<_> = known.collect();
            format!("{known:?} as of {} until {}", it.applied, it.fresh_until)
        };
        self.gateways
            .iter()
            .map(one)
            .collect::<Vec<_>>()
            .join(" | ")
    }
}
