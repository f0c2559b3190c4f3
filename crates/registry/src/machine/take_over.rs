use groupkeeper_assignment_store::{Expected, LeaderRecord, ReadError, WriteError};
use groupkeeper_types::mutation::{self, Mutation};
use groupkeeper_types::{Epoch, Moment, Revision, Stamp};

use super::candidacy::Candidacy;
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
    /// Since when it has tried.
    since: Option<Moment>,
    /// It can't lead on from what it has read.
    hopeless: bool,
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
            since: None,
            hopeless: false,
        }
    }

    pub(super) fn step(&mut self, ctx: &mut Ctx<'_>, input: Input) -> Turn {
        if ctx.now >= ctx.core.term_end() {
            return self.give_up(ctx, input);
        }
        let since = *self.since.get_or_insert(ctx.now);
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
                if ctx.core.presence.stopping != Stopping::No {
                    return Turn::Follow(std::mem::take(&mut self.follower));
                }
            }
        }
        if self.hopeless || self.waits() && ctx.now.since(since) >= ctx.core.timing().lock_ttl {
            return self.step_aside(ctx);
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

    /// Lets others try: they may reach a store that this gateway does not, or read what it can't.
    fn step_aside(&mut self, ctx: &mut Ctx<'_>) -> Turn {
        ctx.info(format!(
            "{} can't begin an epoch now, and gives the lock back",
            ctx.core.me.addr
        ));
        ctx.stand_back(Candidacy::pause(ctx.core.timing()));
        Turn::Follow(std::mem::take(&mut self.follower))
    }

    /// Whether a try has failed, and the next is still to come.
    const fn waits(&self) -> bool {
        matches!(self.stage, Stage::Read { .. } | Stage::Repeat { .. })
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
                if let Some(record) = found.as_ref().filter(|record| record.is_newer()) {
                    ctx.problem(format!(
                        "the leader record of epoch {} is of a newer version of this program: this gateway \
                         follows and does not lead; run that version here too",
                        record.epoch
                    ));
                    self.hopeless = true;
                    return;
                }
                let stamp = found.as_ref().map_or(Stamp::ZERO, LeaderRecord::stamp);
                let seen = ctx
                    .core
                    .known
                    .applied
                    .max(Stamp::new(ctx.core.epochs.seen(), Revision::ZERO));
                if stamp < seen {
                    ctx.alarm(format!(
                        "the leader record went backwards: it says {stamp}, and {seen} was seen; \
                         the newest assignments may be lost"
                    ));
                }
                // Who took part in what is not of this history may have acted by it, also where its epoch
                // is and the newest decisions are not.
                let (stood, applied) = (ctx.core.epochs.stood(), ctx.core.known.applied);
                let has = |record: &LeaderRecord| record.has(stood) && record.contains(applied);
                let stands = stood == Epoch::ZERO || found.as_ref().is_some_and(has);
                ctx.core.epochs.raise_floor_if(!stands || stamp < seen);
                ctx.core.see(stamp.epoch);
                // More than anything seen, so that a record that went backwards can't bring an old
                // epoch back.
                let epoch = match ctx.core.epochs.seen() {
                    seen if mutation::is_on(Mutation::EpochReused) && seen > Epoch::ZERO => seen,
                    _ => ctx.core.next_epoch(),
                };
                let expected = Expected::from(found);
                let nonce = ctx.core.nonce();
                let next = expected.begun_by(&ctx.core.me, epoch, nonce);
                let folding = match Folding::new(&next.failovers) {
                    Ok(folding) => folding,
                    Err(error) => {
                        ctx.problem(error.to_string());
                        self.hopeless = true;
                        return;
                    }
                };
                let running = next.leases;
                let own = ctx.core.timing().lease;
                let longest = running.map_or(own, |leases| leases.running.max(own));
                let next = ctx.core.complete(next, longest);
                self.begin(
                    ctx,
                    Begin {
                        expected,
                        next,
                        folding,
                    },
                );
            }
            Err(error) => {
                if !error.is_retryable() {
                    ctx.problem(error.to_string());
                    self.hopeless = true;
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
                self.hopeless = true;
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
