//! One run: a fleet, what it stands on, and what happens.

mod calls;
mod driver;
mod election;
mod lookups;
mod process;
mod setup;
mod stops;
mod store_calls;
mod view;

use std::collections::{BTreeMap, BTreeSet};

use groupkeeper_registry::Config;
use groupkeeper_registry::machine::Effect;
use groupkeeper_registry::peer::Decision;
use groupkeeper_types::{GatewayAddr, Moment, Timing};

use crate::clock::{HostClock, Time};
use crate::event::{Event, Pid};
use crate::faults::Plan;
use crate::invariants::{Invariants, Seen, Violation};
use crate::random::Random;
use crate::report::Counts;
use crate::schedule::Schedule;
use crate::services::{Network, Side, SideId, Sides};
use crate::trace::Trace;

pub(crate) use process::{Caller, Process};

/// Everything of one run.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) now: Time,
    /// Events so far.
    pub(crate) steps: u64,
    pub(crate) random: Random,
    pub(crate) schedule: Schedule,
    pub(crate) config: Config,
    /// The configuration that the fleet changes to or from, gateway by gateway: its leases are longer.
    pub(crate) changed: Option<Config>,
    pub(crate) hosts: Vec<Host>,
    /// How many of them are of the fleet; one more may be a guest, whose node ID is another's.
    pub(crate) fleet: usize,
    pub(crate) processes: BTreeMap<Pid, Process>,
    pub(crate) started: usize,
    pub(crate) network: Network,
    pub(crate) sides: Sides,
    pub(crate) plan: Plan,
    /// Groups that clients know of so far.
    pub(crate) groups: usize,
    /// Groups that clients have asked about.
    pub(crate) asked: BTreeSet<usize>,
    pub(crate) counts: Counts,
    pub(crate) trace: Trace,
    pub(crate) invariants: Invariants,
    /// Room for a machine's effects, to be used again.
    pub(crate) effects: Vec<Effect>,
    /// Whether tokens tell processes apart, as they should.
    pub(crate) checks_tokens: bool,
    pub(crate) broken: Option<Violation>,
    /// With which gateway a fault stays for ever.
    pub(crate) lasting: Option<usize>,
    /// Faults are over, for good.
    pub(crate) healed: Option<Time>,
    pub(crate) ended: bool,
}

/// A place where a gateway runs: its addresses stay, its processes change.
#[derive(Debug)]
pub(crate) struct Host {
    pub(crate) addr: GatewayAddr,
    pub(crate) clock: HostClock,
    /// Which process answers at its address.
    pub(crate) listening: Option<Pid>,
    /// How many faults keep it from the store, and from the lock service.
    pub(crate) store_cuts: u32,
    pub(crate) lock_cuts: u32,
    /// Which side of the store and of the lock it reaches.
    pub(crate) side: SideId,
    /// Since when the copy that it reads stands still.
    pub(crate) still: Option<Time>,
}

impl World {
    /// Runs to the end, or until an invariant breaks.
    pub(crate) fn run(&mut self) {
        while !self.ended && self.broken.is_none() {
            let Some((time, event)) = self.schedule.next() else {
                break;
            };
            debug_assert!(time >= self.now);
            self.now = time;
            self.steps += 1;
            self.happen(event);
        }
    }

    /// What a process's clock shows.
    pub(crate) fn moment(&self, pid: Pid) -> Moment {
        let slot = self.processes[&pid].slot;
        self.hosts[slot].clock.show(self.now)
    }

    /// The side of the store that a process reaches.
    pub(crate) fn side_of(&self, pid: Pid) -> SideId {
        let process = self.processes.get(&pid);
        process.map_or_else(
            || self.sides.main(),
            |process| self.hosts[process.slot].side,
        )
    }

    /// The same, with all that is there.
    pub(crate) fn reached(&self, pid: Pid) -> Option<&Side> {
        self.sides.get(self.side_of(pid))
    }

    /// The timing of this run with the longest leases.
    pub(crate) fn longest(&self) -> &Timing {
        &self.changed.as_ref().unwrap_or(&self.config).timing
    }

    /// What a process has in its memory of a group.
    pub(crate) fn knows(&self, pid: Pid, group: usize) -> Option<Decision> {
        self.processes.get(&pid)?.view.cached(group)
    }

    pub(crate) fn after(&mut self, delay: Time, event: Event) {
        self.schedule.at(self.now + delay, event);
    }

    /// Lets the invariants look.
    pub(crate) fn see(&mut self, seen: &Seen<'_>) {
        if self.broken.is_some() {
            return;
        }
        let mut invariants = std::mem::take(&mut self.invariants);
        let outcome = invariants.look(self, seen);
        self.invariants = invariants;
        if let Err(violation) = outcome {
            self.trace.note(self.now, || {
                format!("BROKEN {}: {}", violation.invariant, violation.what)
            });
            self.broken = Some(violation);
        }
    }

    /// The processes at an address.
    pub(crate) fn at<'a>(&'a self, addr: &'a GatewayAddr) -> impl Iterator<Item = &'a Process> {
        self.processes
            .values()
            .filter(move |process| process.me.addr == *addr)
    }

    /// Who gets an event, if it is a process's.
    fn addressee(&self, event: &Event) -> Addressee {
        let pid = match event {
            Event::MachineTimer(pid)
            | Event::CampaignTimer(pid)
            | Event::HearOfLock(pid)
            | Event::LockAnswer { pid, .. }
            | Event::Learned { pid, .. }
            | Event::Retry { pid, .. }
            | Event::GiveUp { pid, .. }
            | Event::Sweep { pid, .. }
            | Event::Farewell { pid }
            | Event::Left { pid, .. }
            | Event::StopNow { pid, .. } => *pid,
            Event::Response { waiter, .. } | Event::Timeout(waiter) => waiter.pid,
            Event::Request { to, .. } => match self.hosts[*to].listening {
                Some(pid) => pid,
                None => return Addressee::Nobody,
            },
            _ => return Addressee::World,
        };
        if self.processes.contains_key(&pid) {
            Addressee::Process(pid)
        } else {
            Addressee::Nobody
        }
    }

    fn happen(&mut self, event: Event) {
        match self.addressee(&event) {
            Addressee::World => self.happen_outside(event),
            Addressee::Nobody => {
                if let Event::Request {
                    from, to, waiter, ..
                } = event
                {
                    self.refuse_connection(from, to, waiter);
                }
            }
            Addressee::Process(pid) => {
                if let Some(process) = self.processes.get_mut(&pid)
                    && let Some(backlog) = &mut process.paused
                {
                    return backlog.push(event);
                }
                self.happen_to(pid, event);
            }
        }
    }

    fn happen_to(&mut self, pid: Pid, event: Event) {
        match event {
            Event::MachineTimer(_) => self.machine_timer(pid),
            Event::CampaignTimer(_) => self.campaign_timer(pid),
            Event::HearOfLock(_) => self.hear_of_lock(pid),
            Event::LockAnswer { ask, answer, .. } => self.lock_answered(pid, &ask, *answer),
            Event::Learned { found, .. } => self.learned(pid, *found),
            Event::Retry { query, attempt, .. } => self.retry(pid, query, attempt),
            Event::GiveUp { query, .. } => self.give_up(pid, query),
            Event::Sweep { call, .. } => self.sweep(pid, call),
            Event::Farewell { .. } => self.farewell(pid, true),
            Event::Left { calls, .. } => self.left(pid, &calls),
            Event::StopNow { last, .. } => self.stop_now(pid, last),
            Event::Response { waiter, body } => self.responded(pid, waiter.token, body),
            Event::Timeout(waiter) => self.timed_out(pid, waiter.token),
            Event::Request {
                from, waiter, body, ..
            } => self.requested(pid, from, waiter, body),
            _ => {}
        }
    }

    fn happen_outside(&mut self, event: Event) {
        match event {
            Event::StoreWrite(write) => self.write_arrives(*write),
            Event::StoreStep(side) => self.store_step(side),
            Event::StoreRead { waiter, read } => self.read_arrives(waiter, &read),
            Event::LockCall { pid, ask } => self.lock_called(pid, ask),
            Event::Client => self.client_asks(),
            Event::Ask { pid, group } => self.ask(pid, group, false),
            Event::Fault => self.fault(),
            Event::Undo(undo) => self.undo(undo),
            Event::Heal => self.heal(),
            Event::DoubtOver => self.see(&Seen::DoubtOver),
            Event::MustBeWell => self.must_be_well(),
            Event::End => {
                self.ended = true;
                self.see(&Seen::Ended);
            }
            _ => {}
        }
    }
}

enum Addressee {
    World,
    Process(Pid),
    Nobody,
}

/// Writes a line of the trace, if there is one.
macro_rules! trace {
    ($world:expr, $($text:tt)*) => {
        $world.trace.note($world.now, || format!($($text)*))
    };
}
pub(crate) use trace;
