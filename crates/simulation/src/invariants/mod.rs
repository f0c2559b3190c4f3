//! What must hold after every step, one file each.

mod bounded;
mod durable;
mod epochs;
mod fenced;
mod histories;
mod history;
mod honest;
mod leases;
mod live;
mod node_ids;
mod one_answer;
mod one_leader;
mod one_owner;
mod published;
mod sticky;
mod stored_first;
mod tokens;
mod worth;

use groupkeeper_assignment_store::LeaderRecord;
use groupkeeper_registry::machine::{Batch, BatchChange, CallId};
use groupkeeper_registry::peer::{Decision, Found, PeerError};
use groupkeeper_types::GatewayAddr;

use crate::clock::Time;
use crate::event::Pid;
use crate::services::SideId;
use crate::world::World;

use histories::Histories;

/// Something that invariants look at.
#[derive(Debug)]
pub(crate) enum Seen<'a> {
    /// A machine has taken a step, with so many effects.
    Stepped { pid: Pid, effects: usize },
    /// A gateway's lease lasts longer than it did, and is not over.
    Leased { pid: Pid },
    /// A gateway may act for these groups from now on.
    Owns { pid: Pid, groups: &'a [usize] },
    /// A process has another list of gateways.
    Listed { pid: Pid },
    /// Somebody has said who coordinates a group.
    Answered {
        pid: Pid,
        source: Source,
        found: &'a Found,
    },
    /// A machine has answered a call that it has answered before, or that never was.
    AnsweredTwice { pid: Pid, call: CallId },
    /// A leader asks for a commit.
    Issued { pid: Pid, batch: &'a Batch },
    /// An epoch begins: the record is about to be replaced.
    Begun {
        pid: Pid,
        side: SideId,
        record: &'a LeaderRecord,
    },
    /// A commit has made one of its changes.
    Changed {
        pid: Pid,
        side: SideId,
        batch: &'a Batch,
        change: &'a BatchChange,
        before: Option<&'a Decision>,
    },
    /// A commit is whole.
    Committed {
        pid: Pid,
        side: SideId,
        batch: &'a Batch,
        /// What it has moved by a failover.
        failed_over: &'a [Decision],
    },
    /// The store has parted: the other side has what the first had at that moment.
    Parted {
        here: SideId,
        other: SideId,
        as_of: Time,
    },
    /// What stood of a group on a side has been replaced by what the other side had.
    Swapped { side: SideId, group: usize },
    /// One side is left.
    Rejoined { winner: SideId, loser: SideId },
    /// Nobody may act any more by what the side that was lost decided.
    DoubtOver,
    /// A leader has acknowledged a heartbeat from a slot.
    Acked { pid: Pid, slot: usize },
    /// A gateway's wish to go has come to a process, or is its own.
    Leaves { pid: Pid, addr: &'a GatewayAddr },
    /// An operator's wish to move a group has come to a process.
    Wanted { pid: Pid, group: usize },
    /// A process has the lock, as far as it knows.
    WonLock { pid: Pid },
    /// A process is gone.
    Ends { pid: Pid },
    /// Everything must be well from here on.
    AllWell,
    /// An answer after everything was healed.
    LastAnswer {
        pid: Pid,
        group: usize,
        answer: &'a Result<Found, PeerError>,
    },
    /// The run is over.
    Ended,
}

/// Where an answer comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// A fresh view.
    Cache,
    /// A leader's memory.
    Leader,
    /// The store, read at this very moment.
    Store,
    /// The store, by a reading that began then and was confirmed since.
    Read { since: Time },
    /// Any of them, a moment ago: the answer is on its way to the client.
    Told,
}

/// An invariant that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Its name.
    pub invariant: &'static str,
    /// What was seen.
    pub what: String,
}

pub(crate) type Outcome = Result<(), Violation>;

pub(crate) fn broken(invariant: &'static str, what: String) -> Outcome {
    Err(Violation { invariant, what })
}

/// All invariants, with what they remember.
#[derive(Debug, Default)]
pub(crate) struct Invariants {
    histories: Histories,
    tokens: tokens::Tokens,
    epochs: epochs::Epochs,
    sticky: sticky::Sticky,
    durable: durable::Durable,
    leases: leases::Leases,
    live: live::Live,
}

impl Invariants {
    pub(crate) fn look(&mut self, world: &mut World, seen: &Seen<'_>) -> Outcome {
        one_answer::look(world, &self.histories, seen)?;
        one_owner::look(world, seen)?;
        fenced::look(world, &self.epochs, seen)?;
        self.epochs.look(world, seen)?;
        honest::look(world, &self.histories, seen)?;
        self.sticky.look(world, &self.histories, seen)?;
        self.durable.look(world, &self.histories, seen)?;
        self.tokens.look(world, seen)?;
        bounded::look(world, seen)?;
        node_ids::look(world, seen)?;
        published::look(world, seen)?;
        stored_first::look(world, seen)?;
        self.leases.look(world, seen)?;
        worth::look(world, seen)?;
        one_leader::look(world, seen)?;
        self.live.look(world, seen)?;
        self.histories.look(world, seen);
        Ok(())
    }
}
