//! How commits get into the store: one at a time, each repeated until its answer is known. What is in one
//! is none of its business.

use groupkeeper_assignment_store::{LeaderRecord, WriteError};
use groupkeeper_types::mutation::{self, Mutation};
use groupkeeper_types::{GroupName, Moment};

use super::beside::Beside;
use super::in_flight::InFlight;
use crate::machine::core::Ctx;
use crate::machine::{Batch, CallId, OpId, StoreWork};

/// The chain of commits: one is in flight at a time, and whoever comes meanwhile joins the next.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Chain {
    flight: Option<Flight>,
    /// When the newest request was sent that found the record standing.
    verified_at: Moment,
    verify_at: Moment,
    beside: Beside,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Flight {
    Commit {
        op: OpId,
        sent: Moment,
        work: Work,
    },
    /// The answer was lost: the very same is repeated from this moment on, before anything else.
    Repeat {
        from: Moment,
        work: Work,
    },
    Verify {
        op: OpId,
        sent: Moment,
    },
}

/// A commit, and who waits for it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Work {
    pub(super) batch: Batch,
    /// The calls about groups that it decides about.
    pub(super) calls: Vec<(GroupName, CallId)>,
    /// How many assignments it writes that are behind a failover.
    pub(super) rewrites: usize,
}

/// What an answer of the store tells.
#[derive(Debug)]
pub(super) enum Told {
    /// Nothing that was waited for.
    Nothing,
    /// The next commit can be sent, or the same again.
    Answer,
    /// This commit is made.
    Committed(Work),
    /// This one never will be, and has changed nothing.
    Refused(Work, WriteError),
    /// Another record stands.
    Stale(Option<Box<LeaderRecord>>),
}

impl Chain {
    pub(super) fn new(verified_at: Moment, verify_at: Moment) -> Self {
        Self {
            flight: None,
            verified_at,
            verify_at,
            beside: Beside::new(),
        }
    }

    pub(super) fn verified_at(&self) -> Moment {
        self.verified_at
    }

    /// Whether the store has not answered this leader for longer than a verification takes.
    pub(super) fn is_silent(&self, ctx: &Ctx<'_>) -> bool {
        ctx.now.since(self.verified_at) > ctx.core.timing().store_silence()
    }

    pub(super) fn deadline(&self) -> Moment {
        match &self.flight {
            None => self.verify_at,
            Some(Flight::Repeat { from, .. }) => self.beside.deadline().min(*from),
            Some(Flight::Commit { .. }) => self.beside.deadline(),
            Some(Flight::Verify { .. }) => Moment::NEVER,
        }
    }

    pub(super) fn in_flight(&self) -> InFlight<'_> {
        InFlight::new(self.work().map(|work| &work.batch))
    }

    pub(super) fn is_committing(&self) -> bool {
        self.work().is_some()
    }

    /// How many assignments behind a failover the commit in flight writes.
    pub(super) fn rewrites(&self) -> usize {
        self.work().map_or(0, |work| work.rewrites)
    }

    pub(super) fn take_calls(&mut self) -> Vec<CallId> {
        match self.flight.take() {
            Some(Flight::Commit { work, .. } | Flight::Repeat { work, .. }) => {
                work.calls.into_iter().map(|(_, call)| call).collect()
            }
            Some(Flight::Verify { .. }) | None => Vec::new(),
        }
    }

    /// Goes on with what is under way; whether anything is.
    pub(super) fn go_on(&mut self, ctx: &mut Ctx<'_>, record: &LeaderRecord) -> bool {
        if self.is_committing() && ctx.now >= self.beside.deadline() {
            self.beside.verify(ctx, record);
        }
        let now = ctx.now;
        let due = |f: &mut Flight| matches!(f, Flight::Repeat { from, .. } if now >= *from);
        if let Some(Flight::Repeat { work, .. }) = self.flight.take_if(due) {
            self.send(ctx, work);
        }
        self.flight.is_some()
    }

    /// Verifies the record, when that is due. Only while nothing is under way.
    pub(super) fn verify(&mut self, ctx: &mut Ctx<'_>, record: &LeaderRecord) {
        if ctx.now >= self.verify_at {
            let op = ctx.store(StoreWork::Verify(record.clone()));
            self.flight = Some(Flight::Verify { op, sent: ctx.now });
        }
    }

    /// Makes a commit. Only while nothing is under way.
    pub(super) fn commit(&mut self, ctx: &mut Ctx<'_>, work: Work) {
        let long = ctx.now + ctx.core.timing().verify_every;
        self.beside.due_at(long);
        self.send(ctx, work);
    }

    /// The store has answered, a commit or a verification; `record` is what this leader knows to stand.
    pub(super) fn answered(
        &mut self,
        ctx: &mut Ctx<'_>,
        record: &LeaderRecord,
        op: OpId,
        result: Result<(), WriteError>,
    ) -> Told {
        if let Some(sent) = self.beside.answered(ctx, op) {
            return self.answered_beside(record, sent, result);
        }
        let ours = |flight: &mut Flight| matches!(flight, Flight::Commit { op: own, .. } | Flight::Verify { op: own, .. } if *own == op);
        let Some(flight) = self.flight.take_if(ours) else {
            return Told::Nothing;
        };
        self.verify_at = ctx.now + ctx.core.timing().verify_every;
        match &result {
            Ok(()) => ctx.trouble_is_over(),
            Err(error) if error.is_retryable() => {
                if ctx.now.since(self.verified_at) > ctx.core.timing().leaderless() {
                    ctx.trouble(error.to_string());
                }
            }
            Err(_) => {}
        }
        match (result, flight) {
            (Ok(()), Flight::Commit { sent, work, .. }) => {
                let (span, wanted) = (ctx.now.since(sent), ctx.core.timing().verify_every);
                ctx.core.pace.took(work.batch.changes.len(), span, wanted);
                self.stood(sent);
                Told::Committed(work)
            }
            (Ok(()), Flight::Verify { sent, .. }) => {
                self.stood(sent);
                Told::Answer
            }
            (Err(error @ WriteError::Unavailable { .. }), Flight::Commit { work, .. })
                if mutation::is_on(Mutation::CommitOutsideChain) =>
            {
                Told::Refused(work, error)
            }
            (Err(WriteError::Stale { .. }), Flight::Commit { sent, work, .. })
                if mutation::is_on(Mutation::NoFencing) =>
            {
                self.verified_at = sent;
                Told::Committed(work)
            }
            (Err(WriteError::Unavailable { .. }), Flight::Commit { work, .. }) => {
                ctx.core.pace.slow(work.batch.changes.len());
                let from = ctx.now + ctx.core.timing().retry_every;
                self.flight = Some(Flight::Repeat { from, work });
                Told::Answer
            }
            (Err(WriteError::Stale { found }), flight) => {
                // It stays, so that who waits for it is answered when the term ends.
                self.flight = Some(flight);
                Told::Stale(found)
            }
            (Err(error @ WriteError::Unsupported { .. }), Flight::Commit { work, .. }) => {
                Told::Refused(work, error)
            }
            (Err(error @ WriteError::Unsupported { .. }), _) => {
                ctx.problem(error.to_string());
                Told::Answer
            }
            (Ok(()) | Err(WriteError::Unavailable { .. }), _) => Told::Answer,
        }
    }

    /// That another record stands may mean that the commit has landed: its own answer tells. Only another
    /// epoch ends the term.
    fn answered_beside(
        &mut self,
        record: &LeaderRecord,
        sent: Moment,
        result: Result<(), WriteError>,
    ) -> Told {
        match result {
            Ok(()) => self.stood(sent),
            Err(WriteError::Stale { found: Some(found) }) if found.epoch != record.epoch => {
                return Told::Stale(Some(found));
            }
            Err(_) => {}
        }
        Told::Nothing
    }

    /// The record was found standing by a request that was sent then.
    fn stood(&mut self, sent: Moment) {
        self.verified_at = self.verified_at.max(sent);
    }

    fn send(&mut self, ctx: &mut Ctx<'_>, work: Work) {
        let op = ctx.store(StoreWork::Commit(work.batch.clone()));
        self.flight = Some(Flight::Commit {
            op,
            sent: ctx.now,
            work,
        });
    }

    fn work(&self) -> Option<&Work> {
        match &self.flight {
            Some(Flight::Commit { work, .. } | Flight::Repeat { work, .. }) => Some(work),
            Some(Flight::Verify { .. }) | None => None,
        }
    }
}

#[cfg(test)]
mod tests;
