use std::fmt;

use groupkeeper_types::GroupName;

use crate::flying::Flying;
use crate::hashed::Hashed;

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
    /// This arrives, and will once more.
    Double(InFlight),
    /// This ends half way, or reads garbage.
    Half(InFlight),
    /// A gateway stands still, or goes on.
    Pause(usize, bool),
    /// A gateway's process dies and another is started.
    Restart(usize),
    /// A client asks the gateway that leads.
    Ask(usize, GroupName),
    /// An operator has a leader move a group to a gateway.
    Move(usize, GroupName, usize),
    /// An operator has a leader drain a gateway.
    Drain(usize, usize),
}

/// Something on its way.
#[derive(Clone, PartialEq, Eq)]
pub struct InFlight(pub(crate) Hashed<Flying>);

impl fmt::Display for InFlight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&*self.0, f)
    }
}

impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Advance => f.write_str("-- a quantum passes"),
            Self::Tick(at) => write!(f, "gw{at}'s timer fires"),
            Self::Lock(at, true) => write!(f, "gw{at} is given the lock"),
            Self::Lock(at, false) => write!(f, "gw{at} loses the lock"),
            Self::Arrive(it) => write!(f, "arrives: {it}"),
            Self::GiveUp(it) => write!(f, "FAULT given up: {it}"),
            Self::Double(it) => write!(f, "FAULT arrives, and will again: {it}"),
            Self::Half(it) => write!(f, "FAULT half: {it}"),
            Self::Pause(at, true) => write!(f, "FAULT gw{at} pauses"),
            Self::Pause(at, false) => write!(f, "gw{at} goes on"),
            Self::Restart(at) => write!(f, "FAULT gw{at} dies, and is started again"),
            Self::Ask(at, group) => write!(f, "a client asks gw{at} for {group}"),
            Self::Move(at, group, to) => write!(f, "gw{at} is told to move {group} to gw{to}"),
            Self::Drain(at, of) => write!(f, "gw{at} is told to drain gw{of}"),
        }
    }
}
