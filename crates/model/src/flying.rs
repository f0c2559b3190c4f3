use std::fmt;

use groupkeeper_assignment_store::{
    Assignment, GatewayRecord, LeaderRecord, Listed, ReadError, WriteError,
};
use groupkeeper_registry::machine::{self, Batch, BatchChange, Input, OpId, StoreWork};
use groupkeeper_registry::peer::{Ack, Decision, Heartbeat, PeerError};
use groupkeeper_types::WallTime;

/// One process: its gateway, and which life of it.
pub(crate) type Pid = (usize, u64);

/// Something on its way, that may arrive at any time.
///
/// `waits` says whether somebody still waits for what comes of it: a request whose sender has given
/// it up may arrive all the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Flying {
    Heartbeat {
        from: Pid,
        op: OpId,
        to: usize,
        waits: bool,
        heartbeat: Heartbeat,
    },
    Work {
        from: Pid,
        op: OpId,
        waits: bool,
        work: StoreWork,
    },
    /// A commit that the store is making, with so many changes made.
    Making {
        from: Pid,
        op: OpId,
        waits: bool,
        batch: Batch,
        made: usize,
    },
    /// A listing that has got so far.
    Listing {
        from: Pid,
        op: OpId,
        at: usize,
        found: Vec<Decision>,
    },
    Answer {
        to: Pid,
        op: OpId,
        answer: Answer,
    },
}

/// An answer on its way.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Answer {
    Record(Option<LeaderRecord>),
    Done,
    Stale(Option<LeaderRecord>),
    Gateways(Vec<GatewayRecord>),
    /// And whether it is all there is.
    Listed(Vec<Decision>, bool),
    Loaded(Option<Decision>),
    /// The entry stands there and can't be read.
    Garbled,
    Acked(Result<Ack, PeerError>),
    /// Nothing has been heard.
    Lost(Kind),
}

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Record,
    Written,
    Gateways,
    Listing,
    Load,
    Heartbeat,
}

impl Flying {
    /// Who waits for what comes of it.
    pub(crate) fn waiter(&self) -> Option<(Pid, OpId, Kind)> {
        match self {
            Self::Heartbeat {
                from,
                op,
                waits: true,
                ..
            } => Some((*from, *op, Kind::Heartbeat)),
            Self::Work {
                from,
                op,
                waits: true,
                work,
            } => Some((*from, *op, kind(work))),
            Self::Making {
                from,
                op,
                waits: true,
                ..
            } => Some((*from, *op, Kind::Written)),
            Self::Listing { from, op, .. } => Some((*from, *op, Kind::Listing)),
            _ => None,
        }
    }

    /// The same, with nobody waiting; `None` when nothing can come of it any more.
    pub(crate) fn given_up(&self) -> Option<Self> {
        let mut it = self.clone();
        match &mut it {
            Self::Heartbeat { waits, .. } | Self::Making { waits, .. } => *waits = false,
            Self::Work {
                waits,
                work: StoreWork::Begin { .. } | StoreWork::Commit(_),
                ..
            } => {
                *waits = false;
            }
            Self::Work { .. } | Self::Listing { .. } | Self::Answer { .. } => return None,
        }
        Some(it)
    }
}

fn kind(work: &StoreWork) -> Kind {
    match work {
        StoreWork::ReadRecord => Kind::Record,
        StoreWork::Gateways => Kind::Gateways,
        StoreWork::Load(_) => Kind::Load,
        StoreWork::Begin { .. } | StoreWork::Commit(_) | StoreWork::Verify(_) => Kind::Written,
    }
}

impl Answer {
    /// What the machine gets, one after the other.
    pub(crate) fn inputs(&self, op: OpId) -> Vec<Input> {
        let read = || ReadError::unavailable("no answer");
        let one = |answer| vec![Input::Answer { op, answer }];
        match self {
            Self::Record(record) => one(machine::Answer::Record(Ok(record.clone()))),
            Self::Done => one(machine::Answer::Written(Ok(()))),
            Self::Stale(found) => one(machine::Answer::Written(Err(WriteError::Stale {
                found: found.clone().map(Box::new),
            }))),
            Self::Gateways(all) => one(machine::Answer::Gateways(Ok(all.clone()))),
            Self::Listed(found, whole) => {
                let entries = found.iter().map(|it| Listed::Assignment(assignment(it)));
                let end = if *whole { Ok(()) } else { Err(read()) };
                let mut inputs = one(machine::Answer::Listed(entries.collect()));
                inputs.extend(one(machine::Answer::ListEnded(end)));
                inputs
            }
            Self::Loaded(found) => one(machine::Answer::Loaded(Ok(found.as_ref().map(assignment)))),
            Self::Garbled => one(machine::Answer::Loaded(Err(ReadError::Unreadable {
                what: "the assignment".to_owned(),
                why: "garbled".to_owned(),
            }))),
            Self::Acked(result) => one(machine::Answer::Acked(result.clone())),
            Self::Lost(kind) => one(match kind {
                Kind::Record => machine::Answer::Record(Err(read())),
                Kind::Written => {
                    machine::Answer::Written(Err(WriteError::unavailable("no answer")))
                }
                Kind::Gateways => machine::Answer::Gateways(Err(read())),
                Kind::Listing => machine::Answer::ListEnded(Err(read())),
                Kind::Load => machine::Answer::Loaded(Err(read())),
                Kind::Heartbeat => machine::Answer::Acked(Err(PeerError::unreachable("no answer"))),
            }),
        }
    }
}

fn assignment(decision: &Decision) -> Assignment {
    Assignment {
        group: decision.group.clone(),
        coordinator: decision.coordinator.clone(),
        stamp: decision.stamp,
        assigned_at: WallTime::EPOCH,
    }
}

fn changes(batch: &Batch) -> String {
    let change = |change: &BatchChange| match change {
        BatchChange::Assign(decision) => format!("{}→{}", decision.group, decision.coordinator),
        BatchChange::Admit(record) => format!("+{}", record.addr),
        BatchChange::Dismiss(addr) => format!("-{addr}"),
    };
    let changes: Vec<_> = batch.changes.iter().map(change).collect();
    format!("commit {} [{}]", batch.next.stamp(), changes.join(", "))
}

impl fmt::Display for Flying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let late = |waits: &bool| if *waits { "" } else { " (late)" };
        match self {
            Self::Heartbeat {
                from,
                to,
                waits,
                heartbeat,
                ..
            } => write!(
                f,
                "the heartbeat of gw{} to gw{to}{}: epoch {}, applied {}",
                from.0,
                late(waits),
                heartbeat.epoch,
                heartbeat.applied
            ),
            Self::Work {
                from, waits, work, ..
            } => {
                write!(f, "gw{}'s{} ", from.0, late(waits))?;
                match work {
                    StoreWork::ReadRecord => f.write_str("reading of the record"),
                    StoreWork::Begin { next, .. } => write!(f, "beginning of epoch {}", next.epoch),
                    StoreWork::Gateways => f.write_str("reading of the gateways"),
                    StoreWork::Load(group) => write!(f, "reading of {group}"),
                    StoreWork::Commit(batch) => f.write_str(&changes(batch)),
                    StoreWork::Verify(record) => write!(f, "verification of {}", record.stamp()),
                }
            }
            Self::Making {
                from,
                waits,
                batch,
                made,
                ..
            } => write!(
                f,
                "gw{}'s{} {} at its change {made}",
                from.0,
                late(waits),
                changes(batch)
            ),
            Self::Listing { from, at, .. } => write!(f, "gw{}'s listing at {at}", from.0),
            Self::Answer { to, answer, .. } => {
                write!(f, "to gw{}: ", to.0)?;
                match answer {
                    Answer::Acked(Ok(ack)) => write!(
                        f,
                        "acknowledged by epoch {} as of {}, lease {:?}, revokes {:?}",
                        ack.epoch, ack.stamp, ack.lease, ack.revokes.groups
                    ),
                    Answer::Record(Some(record)) => {
                        write!(f, "the record {} of {}", record.stamp(), record.leader)
                    }
                    Answer::Stale(found) => {
                        write!(f, "refused, {:?}", found.as_ref().map(LeaderRecord::stamp))
                    }
                    answer => write!(f, "{answer:?}"),
                }
            }
        }
    }
}
