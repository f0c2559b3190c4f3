use std::fmt;

use groupkeeper_assignment_store::{
    Admission, Assignment, LeaderRecord, Listed, ReadError, WriteError,
};
use groupkeeper_registry::machine::{self, Batch, Input, OpId, StoreWork};
use groupkeeper_registry::peer::{Ack, Decision, Found, Heartbeat, Leave, PeerError, Resigned};
use groupkeeper_types::{GroupName, WallTime};

use crate::names::Pid;

/// Something on its way, that may arrive at any time.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Flight {
    /// Who asked, or is told.
    pub(crate) pid: Pid,
    /// Whether it still waits for what comes of it: a request that has been given up may arrive all
    /// the same.
    pub(crate) waits: bool,
    pub(crate) what: What,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum What {
    Heartbeat(usize, Heartbeat),
    Leave(usize, Leave),
    /// A client asks a gateway that has to ask the leader.
    Question(usize, GroupName),
    Resigned(Resigned),
    /// The leader's answer to a question.
    Told(Found),
    Work(StoreWork),
    /// A commit that the store is making, with so many changes made.
    Making(Batch, usize),
    /// A listing that has got so far.
    Listing(usize, Vec<Decision>),
    Answer(Answer),
}

/// An answer on its way.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Answer {
    Record(Option<LeaderRecord>),
    Done,
    Stale(Option<LeaderRecord>),
    Gateways(Vec<Admission>),
    /// And whether it is all there is.
    Listed(Vec<Decision>, bool),
    Loaded(Option<Decision>),
    /// The entry stands there and can't be read.
    Garbled,
    Acked(Result<Ack, PeerError>),
    Left(Result<(), PeerError>),
    /// Nothing has been heard.
    Lost(Asked),
}

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Asked {
    Record,
    Written,
    Gateways,
    Listing,
    Load,
    Heartbeat,
    Leave,
}

impl Flight {
    pub(crate) fn asking(pid: Pid, what: What) -> Self {
        Self {
            pid,
            waits: true,
            what,
        }
    }

    pub(crate) fn answer(pid: Pid, answer: Answer) -> Self {
        Self::asking(pid, What::Answer(answer))
    }

    /// At which gateway it arrives; `None` at the store.
    pub(crate) fn to(&self) -> Option<usize> {
        match &self.what {
            What::Heartbeat(to, _) | What::Leave(to, _) | What::Question(to, _) => Some(*to),
            What::Resigned(_) | What::Told(_) | What::Answer(_) => Some(self.pid.0),
            What::Work(_) | What::Making(..) | What::Listing(..) => None,
        }
    }

    /// What somebody waits for an answer to.
    pub(crate) fn asked(&self) -> Option<Asked> {
        let asked = match &self.what {
            What::Heartbeat(..) => Asked::Heartbeat,
            What::Leave(..) => Asked::Leave,
            What::Making(..) => Asked::Written,
            What::Listing(..) => Asked::Listing,
            What::Work(work) => match work {
                StoreWork::ReadRecord => Asked::Record,
                StoreWork::Gateways => Asked::Gateways,
                StoreWork::Load(_) => Asked::Load,
                StoreWork::Begin { .. } | StoreWork::Commit(_) | StoreWork::Verify(_) => {
                    Asked::Written
                }
            },
            What::Question(..) | What::Resigned(_) | What::Told(_) | What::Answer(_) => {
                return None;
            }
        };
        self.waits.then_some(asked)
    }

    /// Whether the store takes it one at a time with others of its kind.
    pub(crate) fn is_write(&self) -> bool {
        use StoreWork::{Begin, Commit, Verify};
        matches!(&self.what, What::Work(Begin { .. } | Commit(_) | Verify(_)))
    }

    pub(crate) fn is_making(&self) -> bool {
        matches!(self.what, What::Making(..))
    }

    /// Whether it can end half way.
    pub(crate) fn can_be_half(&self) -> bool {
        matches!(
            &self.what,
            What::Making(..) | What::Listing(..) | What::Work(StoreWork::Load(_))
        )
    }

    /// Whether anything can come of it when nobody waits for it any more.
    pub(crate) fn matters_late(&self) -> bool {
        use StoreWork::{Begin, Commit};
        match &self.what {
            What::Work(work) => matches!(work, Begin { .. } | Commit(_)),
            What::Listing(..) | What::Answer(_) => false,
            _ => true,
        }
    }
}

impl Answer {
    /// What the machine gets, one after the other.
    pub(crate) fn inputs(&self, op: OpId) -> Vec<Input> {
        let read = || ReadError::unavailable("no answer");
        let silent = || PeerError::unreachable("no answer");
        let one = |answer| vec![Input::Answer { op, answer }];
        match self {
            Self::Record(record) => one(machine::Answer::Record(Ok(record.clone()))),
            Self::Done => one(machine::Answer::Written(Ok(()))),
            Self::Stale(found) => one(machine::Answer::Written(Err(WriteError::Stale {
                found: found.clone().map(Box::new),
            }))),
            Self::Gateways(all) => {
                one(machine::Answer::Gateways(Ok(all.iter().cloned().collect())))
            }
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
            Self::Left(result) => one(machine::Answer::Left(result.clone())),
            Self::Lost(asked) => one(match asked {
                Asked::Record => machine::Answer::Record(Err(read())),
                Asked::Written => {
                    machine::Answer::Written(Err(WriteError::unavailable("no answer")))
                }
                Asked::Gateways => machine::Answer::Gateways(Err(read())),
                Asked::Listing => machine::Answer::ListEnded(Err(read())),
                Asked::Load => machine::Answer::Loaded(Err(read())),
                Asked::Heartbeat => machine::Answer::Acked(Err(silent())),
                Asked::Leave => machine::Answer::Left(Err(silent())),
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

impl fmt::Display for Flight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from = self.pid.0;
        let late = if self.waits { "" } else { " (late)" };
        match &self.what {
            What::Heartbeat(to, it) => write!(
                f,
                "the heartbeat of gw{from} to gw{to}{late}: epoch {}, applied {}, revokes heard {}",
                it.epoch, it.applied, it.revokes_heard
            ),
            What::Leave(to, _) => write!(f, "gw{from}'s wish to leave, to gw{to}{late}"),
            What::Question(to, group) => write!(f, "gw{from}'s question about {group} to gw{to}"),
            What::Resigned(it) => write!(f, "to gw{from}: the leader of {} resigned", it.epoch),
            What::Told(it) => write!(
                f,
                "to gw{from}: {} is at {} ({}), as of {}",
                it.decision.group, it.decision.coordinator, it.decision.stamp, it.as_of
            ),
            What::Work(work) => write!(f, "gw{from}'s{late} {}", crate::words::work(work)),
            What::Making(batch, made) => write!(
                f,
                "gw{from}'s{late} {} at its change {made}",
                crate::words::batch(batch)
            ),
            What::Listing(at, _) => write!(f, "gw{from}'s listing at {at}"),
            What::Answer(answer) => write!(f, "to gw{from}: {}", crate::words::answer(answer)),
        }
    }
}
