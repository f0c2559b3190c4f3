use std::fmt;

use groupkeeper_registry::machine::OpId;
use groupkeeper_registry::peer::Role;
use groupkeeper_types::GroupName;

use crate::bounds::Budget;
use crate::canon::Shared;
use crate::flight::{Flight, What};
use crate::names;
use crate::state::State;

/// One thing that can happen next.
#[derive(Clone, PartialEq, Eq)]
pub enum Action {
    /// A quantum passes.
    Advance,
    /// A gateway's timer fires.
    Tick(usize),
    /// The lock service names a gateway, or no longer does.
    Lock(usize, bool),
    /// Something arrives.
    Arrive(InFlight),
    /// Whoever waits for this gives it up; it may arrive all the same.
    GiveUp(InFlight),
    /// Whoever waits for this gives it up, and it never arrives.
    Lose(InFlight),
    /// This arrives, and will once more.
    Double(InFlight),
    /// This ends half way, or reads garbage.
    Half(InFlight),
    /// A gateway stands still, or goes on.
    Pause(usize, bool),
    /// A gateway's process dies, if it has not stopped, and another is started.
    Restart(usize),
    /// A client asks a gateway.
    Ask(usize, GroupName),
    /// An operator has a leader move a group to a gateway.
    Move(usize, GroupName, usize),
    /// An operator has a leader drain a gateway.
    Drain(usize, usize),
    /// A gateway is told to stop, with its groups moved first or not.
    Stop(usize, bool),
}

/// Something on its way.
#[derive(Clone, PartialEq, Eq)]
pub struct InFlight(pub(crate) (Shared<Flight>, Option<OpId>));

impl State {
    /// Whether something is under way or due that happens before time passes.
    pub(crate) fn is_busy(&self) -> bool {
        let comes = |flight: &Flight| {
            flight.is_making()
                || match flight.to() {
                    Some(to) => !self.gateways[to].paused,
                    None => flight.waits,
                }
        };
        self.flying.iter().any(|(flight, _)| comes(flight))
            || (0..names::GATEWAYS).any(|slot| self.is_due(slot))
    }

    fn is_due(&self, slot: usize) -> bool {
        let gateway = &self.gateways[slot];
        !gateway.paused && !gateway.gone && gateway.machine.deadline() <= self.moment()
    }

    /// Whether a gateway is believed by another gateway than this to hold the lock.
    pub(crate) fn has_rival(&self, slot: usize) -> bool {
        (0..names::GATEWAYS).any(|it| it != slot && self.gateways[it].believes)
    }

    /// Everything that can happen next, in an order that depends on nothing but the state.
    pub(crate) fn actions(&self, actions: &mut Vec<Action>) {
        if self.broken.is_some() {
            return;
        }
        let left = &self.left;
        let making = self.flying.iter().any(|(flight, _)| flight.is_making());
        for (place, entry) in self.flying.iter().enumerate() {
            if place > 0 && self.flying[place - 1] == *entry {
                continue;
            }
            let flight = &*entry.0;
            let blocked = flight.to().is_some_and(|to| self.gateways[to].paused);
            let queued = flight.is_write() && making;
            let it = || InFlight(entry.clone());
            if !blocked && !queued {
                actions.push(Action::Arrive(it()));
            }
            if flight.asked().is_some() && (left.timeouts > 0 || blocked) {
                actions.push(Action::GiveUp(it()));
                // What the store is asked may be late for ever, which is the same.
                if flight.to().is_some() {
                    actions.push(Action::Lose(it()));
                }
            }
            let doubles = flight.waits && matches!(flight.what, What::Heartbeat(..));
            if doubles && !blocked && left.copies > 0 {
                actions.push(Action::Double(it()));
            }
            if left.halves > 0 && !queued && flight.can_be_half() {
                actions.push(Action::Half(it()));
            }
        }
        for slot in 0..names::GATEWAYS {
            self.actions_of(slot, actions);
        }
        if !self.is_busy() || left.delays > 0 {
            actions.push(Action::Advance);
        }
    }

    fn actions_of(&self, slot: usize, actions: &mut Vec<Action>) {
        let (gateway, left) = (&self.gateways[slot], &self.left);
        if left.restarts > 0 {
            actions.push(Action::Restart(slot));
        }
        if gateway.gone {
            return;
        }
        if gateway.paused {
            actions.push(Action::Pause(slot, false));
            return;
        }
        if self.is_due(slot) {
            actions.push(Action::Tick(slot));
        }
        if !gateway.believes && left.terms > 0 && (!self.has_rival(slot) || left.rivals > 0) {
            actions.push(Action::Lock(slot, true));
        }
        if gateway.believes && left.terms > 0 {
            actions.push(Action::Lock(slot, false));
        }
        if left.pauses > 0 {
            actions.push(Action::Pause(slot, true));
        }
        if left.stops > 0 {
            actions.extend([Action::Stop(slot, true), Action::Stop(slot, false)]);
        }
        for group in names::groups().iter().filter(|_| left.questions > 0) {
            actions.push(Action::Ask(slot, group.clone()));
        }
        if gateway.role == Role::Leader {
            by_hand(slot, left, actions);
        }
    }
}

fn by_hand(slot: usize, left: &Budget, actions: &mut Vec<Action>) {
    if left.moves == 0 {
        return;
    }
    for to in 0..names::GATEWAYS {
        for group in names::groups() {
            actions.push(Action::Move(slot, group.clone(), to));
        }
        actions.push(Action::Drain(slot, to));
    }
}

impl fmt::Debug for InFlight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&*self.0.0, f)
    }
}

impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Advance => f.write_str("-- a quantum passes"),
            Self::Tick(at) => write!(f, "gw{at}'s timer fires"),
            Self::Lock(at, true) => write!(f, "gw{at} is given the lock"),
            Self::Lock(at, false) => write!(f, "gw{at} loses the lock"),
            Self::Arrive(it) => write!(f, "arrives: {it:?}"),
            Self::GiveUp(it) => write!(f, "FAULT given up: {it:?}"),
            Self::Lose(it) => write!(f, "FAULT lost: {it:?}"),
            Self::Double(it) => write!(f, "FAULT arrives, and will again: {it:?}"),
            Self::Half(it) => write!(f, "FAULT half: {it:?}"),
            Self::Pause(at, true) => write!(f, "FAULT gw{at} pauses"),
            Self::Pause(at, false) => write!(f, "gw{at} goes on"),
            Self::Restart(at) => write!(f, "FAULT gw{at} dies, and is started again"),
            Self::Ask(at, group) => write!(f, "a client asks gw{at} for {group}"),
            Self::Move(at, group, to) => write!(f, "gw{at} is told to move {group} to gw{to}"),
            Self::Drain(at, of) => write!(f, "gw{at} is told to drain gw{of}"),
            Self::Stop(at, true) => write!(f, "gw{at} is told to stop, and drain"),
            Self::Stop(at, false) => write!(f, "gw{at} is told to stop, and keep its groups"),
        }
    }
}
