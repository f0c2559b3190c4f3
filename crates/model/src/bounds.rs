//! How much may go wrong.

use crate::seen::Kind;

/// How often each thing may happen that does not happen by itself. Time has no bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Budget {
    /// Times that the lock is given to a gateway.
    pub terms: u8,
    /// Of these, times that another gateway still believes to have it.
    pub rivals: u8,
    /// Requests that are given up by who sent them, before or after they arrive.
    pub timeouts: u8,
    /// Heartbeats that arrive twice.
    pub copies: u8,
    /// Commits that stop half way, listings that end early and entries that can't be read.
    pub halves: u8,
    /// Gateways that pause.
    pub pauses: u8,
    /// Processes that die, or have stopped, and are started again.
    pub restarts: u8,
    /// Quanta that pass although something is under way or due.
    pub delays: u8,
    /// Clients' questions.
    pub questions: u8,
    /// Moves and drains by hand.
    pub moves: u8,
    /// Gateways that are stopped in order.
    pub stops: u8,
}

/// Where a search begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// With nothing: two gateways have just been started on an empty store.
    Nothing,
    /// With a leader, both gateways members, and a group at each.
    Settled,
    /// The same, and the commit that moves one of the groups stands half made; its answer is lost.
    HalfMoved,
}

/// One search: from where, how far, and what it must come upon.
#[derive(Debug, Clone)]
pub struct Bounds {
    /// What people call it.
    pub name: &'static str,
    /// How much may go wrong.
    pub budget: Budget,
    /// From where.
    pub start: Start,
    /// Quanta of a lease.
    pub lease: u8,
    /// What it must come upon.
    pub must_see: &'static [Kind],
}

impl Budget {
    /// Nothing happens that does not happen by itself.
    pub const NONE: Self = Self {
        terms: 0,
        rivals: 0,
        timeouts: 0,
        copies: 0,
        halves: 0,
        pauses: 0,
        restarts: 0,
        delays: 0,
        questions: 0,
        moves: 0,
        stops: 0,
    };
}

impl Bounds {
    /// From a settled fleet, with leases of three quanta.
    pub const fn new(name: &'static str, budget: Budget, must_see: &'static [Kind]) -> Self {
        Self {
            name,
            budget,
            start: Start::Settled,
            lease: 3,
            must_see,
        }
    }
}
