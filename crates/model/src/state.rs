use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

use groupkeeper_assignment_store::{Admission, LeaderRecord};
use groupkeeper_registry::machine::{CallId, Machine, OpId};
use groupkeeper_registry::peer::{Decision, MemberList, Role};
use groupkeeper_types::{GatewayAddr, GroupName, Moment, Nonce, Stamp};

use crate::bounds::Budget;
use crate::canon::{Canon, Shared, op_number};
use crate::flight::{Flight, What};
use crate::names::Pid;
use crate::time::moment;

/// The world at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// Quanta since the start.
    pub(crate) now: u64,
    pub(crate) gateways: Vec<Seat>,
    pub(crate) store: Shared<Store>,
    /// Sorted. What nobody waits for has a number all the same.
    pub(crate) flying: Vec<(Shared<Flight>, Option<OpId>)>,
    pub(crate) history: Shared<History>,
    pub(crate) left: Budget,
    pub(crate) broken: Option<Broken>,
}

/// One gateway: the machine, and what its driver keeps.
#[derive(Debug, Clone)]
pub(crate) struct Gateway {
    pub(crate) pid: Pid,
    pub(crate) machine: Machine,
    pub(crate) paused: bool,
    /// It has stopped, and nothing reaches it any more.
    pub(crate) gone: bool,
    /// Whether the lock is thought to be its.
    pub(crate) believes: bool,
    pub(crate) calls: BTreeMap<CallId, Caller>,
    /// What look-ups are answered with.
    pub(crate) view: BTreeMap<GroupName, Decision>,
    pub(crate) held: BTreeMap<GroupName, Stamp>,
    /// What is wrong with the commit that it issued last.
    pub(crate) issued: Option<(Nonce, Broken)>,
    // What the machine last published; it follows from the machine.
    pub(crate) applied: Stamp,
    pub(crate) fresh_until: Moment,
    pub(crate) lease_until: Moment,
    pub(crate) role: Role,
    pub(crate) members: Arc<MemberList>,
}

/// Who waits for a machine's answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Caller {
    /// A gateway, unless it has given up.
    Gateway(Option<(Pid, OpId)>),
    /// A gateway that asks for a client of its own.
    Asker(Pid),
    Client,
}

/// A gateway in its place, shared between states, and what tells it apart from others.
#[derive(Debug, Clone)]
pub(crate) struct Seat {
    print: u64,
    /// The operations that its machine waits for, in the order in which it is hashed.
    ops: Arc<[u128]>,
    gateway: Arc<Gateway>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct Store {
    pub(crate) record: Option<LeaderRecord>,
    pub(crate) assignments: BTreeMap<GroupName, Decision>,
    pub(crate) gateways: BTreeMap<GatewayAddr, Admission>,
}

/// What has been: not part of the world, only of its judgement.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct History {
    /// The decisions of whole commits, in their order, and when each was whole.
    pub(crate) decided: BTreeMap<GroupName, Vec<(Decision, Moment)>>,
    /// Groups that were moved by hand, or whose coordinator was told to go.
    pub(crate) wanted: Vec<GroupName>,
    /// When the present epoch began.
    pub(crate) begun: Moment,
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

    pub(crate) fn put(&mut self, flight: Flight, op: Option<OpId>) {
        let entry = (Shared::new(flight), op);
        let place = self.flying.partition_point(|it| *it < entry);
        self.flying.insert(place, entry);
    }

    pub(crate) fn take(&mut self, entry: &(Shared<Flight>, Option<OpId>)) {
        if let Ok(place) = self.flying.binary_search(entry) {
            self.flying.remove(place);
        }
    }

    /// Whether this very process runs.
    pub(crate) fn lives(&self, pid: Pid) -> bool {
        let gateway = &self.gateways[pid.0];
        gateway.pid == pid && !gateway.gone
    }

    pub(crate) fn change(&mut self, slot: usize, change: impl FnOnce(&mut Gateway)) {
        let mut gateway = Gateway::clone(&self.gateways[slot]);
        change(&mut gateway);
        self.seat(slot, gateway);
    }

    /// Puts a gateway in its place; what its machine no longer waits for is no longer waited for.
    pub(crate) fn seat(&mut self, slot: usize, gateway: Gateway) {
        let seat = Seat::new(gateway, self.moment());
        let pid = seat.pid;
        let idle = |(flight, op): &(Shared<Flight>, Option<OpId>)| {
            flight.waits && flight.pid == pid && op.as_ref().is_some_and(|op| !seat.awaits(op))
        };
        if self.flying.iter().any(idle) {
            let (given_up, rest) = self.flying.drain(..).partition(idle);
            self.flying = rest;
            let given_up: Vec<(Shared<Flight>, Option<OpId>)> = given_up;
            for (flight, op) in given_up {
                self.put_late(&flight, op);
            }
        }
        self.gateways[slot] = seat;
    }

    /// Nobody waits for this any more; it may arrive all the same. Of late heartbeats from one gateway
    /// the network keeps the newest: a gateway that stands still would be sent more without end.
    pub(crate) fn put_late(&mut self, flight: &Flight, op: Option<OpId>) {
        if flight.matters_late() {
            if let What::Heartbeat(to, _) = flight.what {
                let older = |it: &Flight| matches!(it.what, What::Heartbeat(at, _) if at == to);
                let pid = flight.pid;
                self.flying
                    .retain(|(it, _)| it.waits || it.pid != pid || !older(it));
            }
            let waits = false;
            self.put(
                Flight {
                    waits,
                    ..flight.clone()
                },
                op,
            );
        }
    }

    /// Time has passed.
    pub(crate) fn reseat(&mut self) {
        let now = self.moment();
        for seat in &mut self.gateways {
            *seat = Seat::of(Arc::clone(&seat.gateway), now);
        }
    }
}

impl Hash for State {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for seat in &self.gateways {
            state.write_u64(seat.print);
        }
        self.store.hash(state);
        self.left.hash(state);
        self.broken.hash(state);
        let mut history = Canon::new(self.moment());
        History::hash(&self.history, &mut history);
        state.write_u64(history.finish());
        let place = |flight: &Flight, op: &Option<OpId>| {
            let op = op.as_ref().filter(|_| flight.waits)?;
            self.gateways[flight.pid.0].place_of(op)
        };
        let flying = self.flying.iter();
        let mut flying: Vec<_> = flying.map(|(it, op)| (it, place(it, op))).collect();
        flying.sort_unstable();
        flying.hash(state);
    }
}

impl Seat {
    pub(crate) fn new(gateway: Gateway, now: Moment) -> Self {
        Self::of(Arc::new(gateway), now)
    }

    fn of(gateway: Arc<Gateway>, now: Moment) -> Self {
        let mut canon = Canon::new(now);
        gateway.pid.hash(&mut canon);
        gateway.machine.hash(&mut canon);
        (gateway.paused, gateway.gone, gateway.believes).hash(&mut canon);
        gateway.view.hash(&mut canon);
        gateway.held.hash(&mut canon);
        gateway.issued.hash(&mut canon);
        // Callers' numbers of operations are other machines' numbers: they are told apart by the
        // callers alone, of which each waits for one answer of a kind.
        for (call, caller) in &gateway.calls {
            call.hash(&mut canon);
            match caller {
                Caller::Gateway(it) => (1, it.map(|(pid, _)| pid)).hash(&mut canon),
                Caller::Asker(pid) => (2, pid).hash(&mut canon),
                Caller::Client => 3.hash(&mut canon),
            }
        }
        let print = canon.finish();
        let ops = canon.into_ops().into();
        Self {
            print,
            ops,
            gateway,
        }
    }

    pub(crate) fn awaits(&self, op: &OpId) -> bool {
        self.place_of(op).is_some()
    }

    fn place_of(&self, op: &OpId) -> Option<usize> {
        let number = op_number(op);
        self.ops.iter().position(|it| *it == number)
    }
}

impl Deref for Seat {
    type Target = Gateway;

    fn deref(&self) -> &Gateway {
        &self.gateway
    }
}

impl PartialEq for Seat {
    fn eq(&self, other: &Self) -> bool {
        self.print == other.print
    }
}

impl Eq for Seat {}

impl Gateway {
    /// The decision with which it would answer a client from memory.
    pub(crate) fn answer(&self, group: &GroupName, now: Moment) -> Option<&Decision> {
        let known = self.view.get(group)?;
        (!self.gone && now < self.fresh_until && self.members.contains(&known.coordinator))
            .then_some(known)
    }

    /// Until when it may act; at once over for a process that is no more.
    pub(crate) fn may_act(&self, now: Moment) -> bool {
        !self.gone && now < self.lease_until
    }
}
