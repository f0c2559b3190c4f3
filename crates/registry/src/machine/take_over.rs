use groupkeeper_assignment_store::{Expected, LeaderRecord, ReadError, WriteError};
use groupkeeper_types::mutation::{self, Mutation};
use groupkeeper_types::{Epoch, Moment, Revision, Stamp};

use super::core::{Core, Ctx, Stopping};
use super::follower::Follower;
use super::leader::{Inherited, Leader};
use super::{Answer, Head, Input, OpId, StoreWork, Turn};
use crate::folding::Folding;
use crate::peer::Role;

/// A gateway that holds the lock and has no epoch yet: it reads the record, and replaces it.
///
/// Until then it is the follower it was, with its session.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct TakeOver {
    follower: Follower,
    stage: Stage,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Stage {
    /// Reads the record from this moment on.
    Read {
        from: Moment,
    },
    Reading {
        op: OpId,
    },
    Beginning {
        op: OpId,
        sent: Moment,
        begin: Begin,
    },
    /// The answer was lost: the very same is repeated from this moment on.
    Repeat {
        from: Moment,
        begin: Begin,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Begin {
    expected: Expected,
    next: LeaderRecord,
    folding: Folding,
}

impl TakeOver {
    pub(super) fn new(follower: Follower) -> Self {
        Self {
            follower,
            stage: Stage::Read { from: Moment::ZERO },
        }
    }

    pub(super) fn step(&mut self, ctx: &mut Ctx<'_>, input: Input) -> Turn {
        if ctx.now >= ctx.core.term_end() {
            return self.give_up(ctx, input);
        }
        match input {
            Input::Answer {
                op,
                answer: Answer::Record(result),
            } if self.reads(op) => {
                self.read(ctx, result);
            }
            Input::Answer {
                op,
                answer: Answer::Written(result),
            } if self.begins(op) => {
                if let Some(turn) = self.begun(ctx, result) {
                    return turn;
                }
            }
            Input::Tick | Input::Lock(_) => {}
            // Everything else is a follower's business; it can't become anything else by it, since
            // only a tick lets it.
            input => {
                let turn = self.follower.step(ctx, input);
                if let Turn::TakeOver(again) = turn {
                    self.follower = again.follower;
                }
                if ctx.core.stopping != Stopping::No {
                    return Turn::Follow(std::mem::take(&mut self.follower));
                }
            }
        }
        self.act(ctx);
        Turn::Stay
    }

    pub(super) fn deadline(&self, core: &Core) -> Moment {
        let due = match &self.stage {
            Stage::Read { from } | Stage::Repeat { from, .. } => *from,
            Stage::Reading { .. } | Stage::Beginning { .. } => Moment::NEVER,
        };
        due.min(core.term_end())
    }

    pub(super) fn head(&self, core: &Core) -> Head {
        Head {
            role: Role::TakingOver,
            ..self.follower.head(core)
        }
    }

    fn give_up(&mut self, ctx: &mut Ctx<'_>, input: Input) -> Turn {
        let mut follower = std::mem::take(&mut self.follower);
        follower.step(ctx, input);
        Turn::Follow(follower)
    }

    fn reads(&self, op: OpId) -> bool {
        matches!(self.stage, Stage::Reading { op: reading } if reading == op)
    }

    fn begins(&self, op: OpId) -> bool {
        matches!(self.stage, Stage::Beginning { op: beginning, .. } if beginning == op)
    }

    fn act(&mut self, ctx: &mut Ctx<'_>) {
        match &self.stage {
            Stage::Read { from } if ctx.now >= *from => {
                self.stage = Stage::Reading {
                    op: ctx.store(StoreWork::ReadRecord),
                };
            }
            Stage::Repeat { from, begin } if ctx.now >= *from => {
                let begin = begin.clone();
                self.begin(ctx, begin);
            }
            _ => {}
        }
    }

    fn begin(&mut self, ctx: &mut Ctx<'_>, begin: Begin) {
        let op = ctx.store(StoreWork::Begin {
            expected: begin.expected.clone(),
            next: begin.next.clone(),
        });
        self.stage = Stage::Beginning {
            op,
            sent: ctx.now,
            begin,
        };
    }

    fn read(&mut self, ctx: &mut Ctx<'_>, result: Result<Option<LeaderRecord>, ReadError>) {
        match result {
            Ok(found) => {
                let stamp = found.as_ref().map_or(Stamp::ZERO, LeaderRecord::stamp);
                let seen = ctx
                    .core
                    .applied
                    .max(Stamp::new(ctx.core.seen, Revision::ZERO));
                if stamp < seen {
                    ctx.alarm(format!(
                        "the leader record went backwards: it says {stamp}, and {seen} was seen; \
                         the newest assignments may be lost"
                    ));
                }
                ctx.core.see(stamp.epoch);
                // More than anything seen, so that a record that went backwards can't bring an old
                // epoch back.
                let epoch = match ctx.core.seen {
                    seen if mutation::is_on(Mutation::EpochReused) && seen > Epoch::ZERO => seen,
                    seen => seen.next(),
                };
                let settled = found.as_ref().map_or(Stamp::ZERO, |record| record.settled);
                let failovers = found
                    .as_ref()
                    .map(|record| record.failovers.clone())
                    .unwrap_or_default();
                let folding = match Folding::new(&failovers) {
                    Ok(folding) => folding,
                    Err(error) => {
                        ctx.problem(error.to_string());
                        return self.read_later(ctx);
                    }
                };
                let running = found.as_ref().and_then(|record| record.leases);
                let own = ctx.core.timing().lease;
                let longest = running.map_or(own, |leases| leases.running.max(own));
                let revision = stamp.revision.next();
                let next = ctx
                    .core
                    .writing(epoch, revision, settled, failovers, longest);
                self.begin(
                    ctx,
                    Begin {
                        expected: found.into(),
                        next,
                        folding,
                    },
                );
            }
            Err(error) => {
                if !error.is_retryable() {
                    ctx.problem(error.to_string());
                }
                self.read_later(ctx);
            }
        }
    }

    fn begun(&mut self, ctx: &mut Ctx<'_>, result: Result<(), WriteError>) -> Option<Turn> {
        let Stage::Beginning { begin, sent, .. } = &self.stage else {
            return None;
        };
        match result {
            Ok(()) => {
                let inherited = Inherited {
                    settled: begin.next.settled,
                    last: begin.expected.stamp(),
                };
                let (record, folding) = (begin.next.clone(), begin.folding.clone());
                let leader = Leader::new(ctx, record, inherited, folding, *sent);
                return Some(Turn::Lead(Box::new(leader)));
            }
            Err(WriteError::Stale { found }) => {
                if let Some(found) = found {
                    ctx.core.see(found.epoch);
                }
                self.read_later(ctx);
            }
            Err(WriteError::Unavailable { .. }) => {
                let from = ctx.now + ctx.core.timing().retry_every;
                self.stage = Stage::Repeat {
                    from,
                    begin: begin.clone(),
                };
            }
            Err(error @ WriteError::Unsupported { .. }) => {
                ctx.problem(error.to_string());
                self.read_later(ctx);
            }
        }
        None
    }

    fn read_later(&mut self, ctx: &Ctx<'_>) {
        self.stage = Stage::Read {
            from: ctx.now + ctx.core.timing().retry_every,
        };
    }
}
