use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use groupkeeper_assignment_store::GatewayRecord;
use groupkeeper_election::Campaign;
use groupkeeper_registry::lookups::{Asking, KeptAnswers, Reading};
use groupkeeper_registry::machine::{CallId, Machine, Reply};
use groupkeeper_registry::peer::Resigned;
use groupkeeper_types::{Epoch, GroupName, Moment, RpcAddr};

use super::view::View;
use crate::clock::Time;
use crate::event::{Event, Pending, Waiter};
use crate::services::SideId;

/// One life of a gateway: what the driver of a registry holds, without its tasks.
#[derive(Debug)]
pub(crate) struct Process {
    pub(crate) slot: usize,
    pub(crate) me: GatewayRecord,
    pub(crate) machine: Machine,
    pub(crate) campaign: Campaign,
    pub(crate) view: View,
    /// Stopped by a signal: what arrives meanwhile.
    pub(crate) paused: Option<Vec<Event>>,
    pub(crate) machine_timer: Time,
    pub(crate) campaign_timer: Time,
    pub(crate) hears: bool,
    pub(crate) lock_unwanted: bool,
    /// Whether it campaigns, or is to once the lock is back.
    pub(crate) stands: bool,
    /// The lock was given up for good.
    pub(crate) quit: bool,
    pub(crate) farewells: Vec<Farewell>,
    /// It is on its way out, at the wish of an operator.
    pub(crate) stopping: Option<Stop>,
    pub(crate) calls: BTreeMap<CallId, Call>,
    /// Calls cleared away, which the machine may answer yet.
    pub(crate) swept: BTreeSet<CallId>,
    pub(crate) last_call: u64,
    pub(crate) pending: BTreeMap<u64, Pending>,
    pub(crate) last_token: u64,
    pub(crate) queries: BTreeMap<u64, Query>,
    pub(crate) last_query: u64,
    pub(crate) kept: KeptAnswers,
    /// Steps of the machine at one moment: a machine that asks to be woken in the past spins.
    pub(crate) steps_now: (Time, u32),
    /// Steps of the machine so far.
    pub(crate) steps: u64,
    /// The side of the store that the leader decides on who last acknowledged a heartbeat.
    pub(crate) heard_on: SideId,
    /// The side that its lease rests on.
    pub(crate) leased_on: SideId,
    /// When the newest of its writes landed.
    pub(crate) wrote_at: Time,
    /// When the newest heartbeat was sent that a leader has acknowledged.
    pub(crate) heard: Option<Time>,
    /// The newest epoch whose leader has acknowledged one that counted, and when the newest of those
    /// was sent.
    pub(crate) heard_of: (Epoch, Time),
    /// Somebody has asked for its groups to be taken from it.
    pub(crate) drained: bool,
    /// When it was stopped by a signal.
    pub(crate) paused_at: Time,
}

/// Giving the lock up, as a task of the driver.
#[derive(Debug)]
pub(crate) enum Farewell {
    /// To campaign again.
    Yield,
    /// For good.
    Leave {
        tell: Vec<(RpcAddr, Resigned)>,
        replies: Vec<(CallId, Reply)>,
    },
}

/// A graceful stop.
#[derive(Debug)]
pub(crate) struct Stop {
    /// When to start again after it, if ever.
    pub(crate) restart: Option<Time>,
}

/// Who waits for the machine's answer to a call.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) to: Caller,
    pub(crate) group: Option<GroupName>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Caller {
    /// Another gateway, in this slot; nobody where the answer is not wanted.
    Peer { slot: usize, waiter: Option<Waiter> },
    /// A look-up of this process.
    Query(u64),
    /// Whoever stops it.
    Stop,
    /// An operator here.
    Operator,
}

/// A client's question at this gateway.
#[derive(Debug)]
pub(crate) struct Query {
    pub(crate) group: usize,
    /// When it was first looked at.
    pub(crate) begun: Option<Moment>,
    pub(crate) attempt: u32,
    pub(crate) asking: Asking,
    /// Waits for the head to change, or to try again.
    pub(crate) waits: bool,
    /// Its way through the store.
    pub(crate) reading: Reading,
    /// When that began.
    pub(crate) reads_since: Time,
    /// It asks at the end of the run, where only a good answer will do.
    pub(crate) last: bool,
}

impl Process {
    pub(crate) fn new(
        slot: usize,
        me: GatewayRecord,
        machine: Machine,
        campaign: Campaign,
        view: View,
        keep: Duration,
    ) -> Self {
        Self {
            slot,
            me,
            machine,
            campaign,
            view,
            paused: None,
            machine_timer: Time::MAX,
            campaign_timer: Time::MAX,
            hears: false,
            lock_unwanted: false,
            stands: true,
            quit: false,
            farewells: Vec::new(),
            stopping: None,
            calls: BTreeMap::new(),
            swept: BTreeSet::new(),
            last_call: 0,
            pending: BTreeMap::new(),
            last_token: 0,
            queries: BTreeMap::new(),
            last_query: 0,
            kept: KeptAnswers::new(keep),
            steps_now: (0, 0),
            steps: 0,
            heard_on: SideId::default(),
            leased_on: SideId::default(),
            wrote_at: 0,
            heard: None,
            heard_of: (Epoch::ZERO, 0),
            drained: false,
            paused_at: 0,
        }
    }
}
