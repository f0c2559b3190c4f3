//! What must hold, one file each.

mod durable;
mod one_answer;
pub(crate) mod one_owner;
mod stamps;
mod sticky;

use groupkeeper_registry::Timing;
use groupkeeper_registry::peer::Found;
use groupkeeper_simulation::Violation;
use tokio::time::Instant;

pub(crate) type Outcome = Result<(), Violation>;

pub(crate) fn broken(invariant: &'static str, what: String) -> Outcome {
    Err(Violation { invariant, what })
}

/// Somebody has said who coordinates a group.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Who answered, where that was one process all the while.
    pub(crate) pid: Option<u64>,
    pub(crate) slot: usize,
    pub(crate) group: usize,
    pub(crate) way: Way,
    pub(crate) begun: Instant,
    pub(crate) found: Found,
}

/// How a gateway is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Within its process, as its Kafka listener does.
    Local,
    /// Over gRPC, as a tool does.
    Grpc,
}

/// What was said so far.
#[derive(Debug)]
pub(crate) struct Judge {
    one_answer: one_answer::OneAnswer,
    stamps: stamps::Stamps,
    durable: durable::Durable,
    sticky: sticky::Sticky,
}

impl Judge {
    pub(crate) fn new(timing: &Timing) -> Self {
        Self {
            one_answer: one_answer::OneAnswer::new(timing),
            stamps: stamps::Stamps::default(),
            durable: durable::Durable::default(),
            sticky: sticky::Sticky::default(),
        }
    }

    /// Says whether the group has moved, as far as anybody has said so far.
    pub(crate) fn answered(&mut self, answer: &Answer) -> Result<bool, Violation> {
        self.stamps.look(answer)?;
        self.durable.answered(answer.group);
        let Some(from) = self.one_answer.look(answer)? else {
            return Ok(false);
        };
        let to = &answer.found.decision.coordinator;
        self.sticky.moved(answer.group, &from, to)?;
        Ok(true)
    }

    /// A gateway has said that a group has no coordinator, asked at that moment.
    pub(crate) fn not_found(&self, slot: usize, group: usize, begun: Instant) -> Outcome {
        self.durable.not_found(slot, group, begun)
    }

    /// The store can't be asked from now on, or it can again: a leader that can't ask it whether it
    /// was replaced goes on telling what it knows, so that no move is settled meanwhile.
    pub(crate) fn store_is_away(&mut self, away: bool) {
        self.one_answer.store_is_away(away);
    }

    /// Something is wrong with a gateway, its machine or its wires, from now on.
    pub(crate) fn falls_ill(&mut self, slot: usize) {
        self.sticky.falls_ill(slot);
    }

    /// The same of all of so many.
    pub(crate) fn all_fall_ill(&mut self, slots: usize) {
        (0..slots).for_each(|slot| self.sticky.falls_ill(slot));
    }

    /// One of the things that were wrong with it is over.
    pub(crate) fn is_better(&mut self, slot: usize) {
        self.sticky.is_better(slot);
    }

    /// An operator wants to move a group.
    pub(crate) fn want(&mut self, group: usize) {
        self.sticky.want(group);
    }

    /// A process has ended.
    pub(crate) fn forget(&mut self, pid: u64) {
        self.stamps.forget(pid);
    }
}
