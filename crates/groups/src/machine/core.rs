use std::collections::BTreeMap;
use std::time::Duration;

use groupkeeper_types::{Moment, WallTime};

use super::durability::Durability;
use super::{Answer, CallId, Input, Members, Now, Request};
use crate::config::GroupConfig;
use crate::record::OffsetRecord;

/// One group at one owner, by the rules of Apache Kafka's classic protocol. It has no I/O, clock or
/// randomness of its own.
///
/// Whoever runs it hands in calls with [`step`](Self::step), sends [`Input::Tick`] at
/// [`deadline`](Self::deadline), and writes what [`to_write`](Self::to_write) gives, one write at a time;
/// [`written`](Self::written) says that it is durable, and lets go the answers that waited for it.
#[derive(Debug)]
pub struct Machine {
    pub(super) config: GroupConfig,
    pub(super) phase: Phase,
    pub(super) generation: i32,
    pub(super) chosen: Chosen,
    pub(super) members: Members,
    /// By topic and partition.
    pub(super) offsets: BTreeMap<(String, i32), OffsetRecord>,
    pub(super) changed_at: WallTime,
    pub(super) durability: Durability,
    pub(super) out: Vec<(CallId, Answer)>,
}

/// What the members of a generation agreed on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Chosen {
    pub(super) protocol_type: String,
    pub(super) protocol: String,
    pub(super) leader: String,
}

/// Where the group stands, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Empty,
    /// Members are to join, until all have or the time is over.
    Preparing {
        until: Moment,
        wait: Wait,
    },
    /// The leader is to assign; a member that has not synced by then is out.
    Completing {
        until: Moment,
    },
    /// Members work; the same of one that has not synced.
    Stable {
        until: Moment,
    },
}

/// How members are waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    /// The group was empty: its first members are waited for although all that are there have joined.
    Initial {
        /// How much longer it may be put off.
        left: Duration,
        /// Whether somebody came since it was put off last.
        more_came: bool,
    },
    /// Until all that are there have joined.
    ForAll,
}

impl Machine {
    /// Takes one input, and gives what is answered by it: not to this call alone, since one may end
    /// what others wait for.
    pub fn step(&mut self, now: Now, input: Input<'_>) -> Vec<(CallId, Answer)> {
        self.pass(now);
        match input {
            Input::Tick => {}
            Input::Call(call, request) => self.call(now, call, request),
        }
        std::mem::take(&mut self.out)
    }

    fn call(&mut self, now: Now, call: CallId, request: Request<'_>) {
        match request {
            Request::Join(client, it, fresh) => self.join(now, call, client, it, fresh),
            Request::Sync(it) => self.sync(now, call, it),
            Request::Heartbeat(it) => {
                let answer = self.heartbeat(now.moment, it);
                self.answer(call, Answer::Done(answer));
            }
            Request::Leave(it) => {
                let left = it.members.iter().map(|member| self.leave(now, member));
                let left = left.collect();
                self.answer_when_durable(call, Answer::Left(left), None);
            }
            Request::Commit(it) => match self.commit(now, it) {
                Ok(refused) => {
                    self.answer_when_durable(call, Answer::Committed(Ok(refused)), None);
                }
                Err(error) => self.answer(call, Answer::Committed(Err(error))),
            },
            Request::Fetch(it) => {
                let fetched = self.fetch(it);
                self.answer_when_durable(call, Answer::Fetched(fetched), None);
            }
            Request::Describe => {
                let described = self.describe();
                self.answer(call, Answer::Described(described));
            }
            Request::Delete => match self.delete(now) {
                Ok(()) => self.answer_when_durable(call, Answer::Done(Ok(())), None),
                Err(error) => self.answer(call, Answer::Done(Err(error))),
            },
            Request::DeleteOffsets(topics) => match self.delete_offsets(now, topics) {
                Ok(kept) => self.answer_when_durable(call, Answer::Committed(Ok(kept)), None),
                Err(error) => self.answer(call, Answer::Committed(Err(error))),
            },
        }
    }

    /// When [`Input::Tick`] is due, if nothing else happens first.
    pub fn deadline(&self) -> Moment {
        let phase = match self.phase {
            Phase::Empty => Moment::NEVER,
            Phase::Preparing { until, .. } => until,
            Phase::Completing { until } | Phase::Stable { until } => {
                if self.members.all_synced() {
                    Moment::NEVER
                } else {
                    until
                }
            }
        };
        phase.min(self.members.next_expiry())
    }

    /// Whether it can be dropped from memory with nothing lost: nobody is in it or comes, and all is
    /// written.
    pub fn is_idle(&self) -> bool {
        self.phase == Phase::Empty && self.members.is_quite_empty() && self.durability.is_settled()
    }

    /// The content has changed in a way that is kept.
    pub(super) fn touch(&mut self, now: Now) {
        self.changed_at = now.wall;
        self.durability.touch();
    }

    /// At once.
    pub(super) fn answer(&mut self, call: CallId, answer: Answer) {
        self.out.push((call, answer));
    }
}
