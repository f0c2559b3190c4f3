//! The epoch that this gateway leads, and the history that it stands on. What is decided is not in it.

use std::time::Duration;

use groupkeeper_assignment_store::{Failovers, LeaderRecord};
use groupkeeper_types::mutation::{self, Mutation};
use groupkeeper_types::{Epoch, Moment, Stamp};

use crate::machine::core::Ctx;
use crate::peer::Heartbeat;

/// How many epochs a gateway, or an assignment, may have seen that this leader has not: far more than
/// can begin while it leads, and few enough that numbers never run out.
const MAX_EPOCHS_AHEAD: u32 = 1 << 20;

/// One epoch of one leader.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Term {
    /// The record as this leader last wrote it, and knows that it stands.
    record: LeaderRecord,
    inherited: Inherited,
    /// Until when a gateway that an earlier leader knew is taken as alive.
    grace_until: Moment,
    grace_over: bool,
    /// Whether every lease that an earlier leader gave is over, and all that it decided is known: who
    /// is named by a decision of an earlier epoch, and has not been told otherwise, may act by it.
    inherited_over: bool,
    end: Option<End>,
}

/// Why a leader stops leading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum End {
    /// Its term is over by its own clock, or the lock is lost.
    TermOver,
    /// A newer epoch has begun.
    Deposed,
    /// It has lost the store, and others may have it.
    CutOff,
    /// It still has the lock and needs a higher epoch: the store forgot this one, or remembers a
    /// higher one.
    Again,
    /// It was asked to stop and has handed over.
    Left,
}

/// Where earlier epochs have left the chain of commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::machine) struct Inherited {
    /// What they decided is settled up to here: beyond it a stored assignment may be half of a commit,
    /// and is decided again.
    pub(in crate::machine) settled: Stamp,
    /// The newest commit, or the beginning of the last epoch.
    pub(in crate::machine) last: Stamp,
}

impl Inherited {
    /// Whether nothing has been committed beyond what is settled: then a cache that had everything up
    /// to there is the truth. Otherwise nobody's is, until this epoch has settled.
    pub(super) fn is_settled(self) -> bool {
        self.last == self.settled
    }

    /// The only commit that can have stopped half way, since one is made on top of the other.
    fn next(self) -> Stamp {
        Stamp::new(self.last.epoch, self.last.revision.next())
    }
}

impl Term {
    pub(super) fn new(record: LeaderRecord, inherited: Inherited, grace_until: Moment) -> Self {
        Self {
            record,
            inherited,
            grace_until,
            grace_over: false,
            inherited_over: false,
            end: None,
        }
    }

    pub(super) fn record(&self) -> &LeaderRecord {
        &self.record
    }

    pub(super) fn epoch(&self) -> Epoch {
        self.record.epoch
    }

    pub(super) fn inherited(&self) -> Inherited {
        self.inherited
    }

    pub(super) fn grace_until(&self) -> Moment {
        self.grace_until
    }

    pub(super) fn grace_over(&self) -> bool {
        self.grace_over
    }

    pub(super) fn inherited_over(&self) -> bool {
        self.inherited_over
    }

    pub(super) fn deadline(&self) -> Moment {
        if self.grace_over {
            Moment::NEVER
        } else {
            self.grace_until
        }
    }

    /// Time has passed; `true` when earlier leases are over, and that is news.
    pub(super) fn pass(&mut self, now: Moment) -> bool {
        self.grace_over |= now >= self.grace_until;
        let over = self.grace_over && self.has_settled();
        let news = over && !self.inherited_over;
        self.inherited_over |= over;
        news
    }

    /// Whether everything that stood in the store when this epoch began is known, and decided again
    /// where it had to be, and the record says so: the next leader can build on it.
    pub(super) fn has_settled(&self) -> bool {
        self.record.settled.epoch == self.record.epoch
    }

    /// Up to where a gateway that hears this leader's decisions, which it has made up to `applied`, is up to
    /// date. Half of a commit of an earlier epoch may stand behind any group that has not been listed and
    /// settled yet, so until then nobody is further than that epoch; except where nobody is up to date as of
    /// that epoch either, and knows only what this leader has told.
    pub(super) fn announced_up_to(&self, applied: Stamp) -> Stamp {
        if self.has_settled() || !self.inherited.is_settled() {
            applied
        } else {
            self.inherited.settled
        }
    }

    /// Whether a decision may be half of a commit that an earlier leader did not finish.
    pub(super) fn is_unsettled(&self, stamp: Stamp) -> bool {
        let settled = stamp <= self.inherited.settled && self.record.contains(stamp);
        let kept = settled || mutation::is_on(Mutation::HalfCommitKept);
        stamp.epoch != self.record.epoch && !kept
    }

    /// Whether it may be half of the commit that the last leader was at.
    pub(super) fn is_half(&self, stamp: Stamp) -> bool {
        stamp == self.inherited.next()
    }

    /// Whether a decision may have been made on another copy of the store: somebody may act by it, and
    /// somebody else by what this history decided in its place. Half of the commit that the last leader was
    /// at looks the same: that leader may have gone on, on a copy.
    pub(super) fn is_of_another_copy(&self, stamp: Stamp) -> bool {
        self.is_unsettled(stamp) && !self.record.contains(stamp)
    }

    /// Whether a decision is neither of this history nor half of the commit that its last leader was at.
    pub(super) fn is_beyond_the_record(&self, stamp: Stamp) -> bool {
        let own = stamp.epoch == self.record.epoch || self.is_half(stamp);
        !own && !self.record.contains(stamp)
    }

    /// Whether an epoch is beyond any that can have begun in the time that this leader leads.
    pub(super) fn is_beyond(&self, epoch: Epoch) -> bool {
        epoch.number() > self.record.epoch.number().saturating_add(MAX_EPOCHS_AHEAD)
    }

    /// Whether the store was parted or has lost writes before this epoch: then somebody may act for a group
    /// of which nothing is stored, or is a gateway that is not.
    pub(super) fn is_of_a_parted_store(&self) -> bool {
        self.record.floor.epoch == self.record.epoch
    }

    /// Whether somebody has taken part in a history that this leader does not stand on, in which groups may
    /// have been acted for: until no token of this one is less than any of that one.
    pub(super) fn is_of_another_history(&self, heartbeat: &Heartbeat) -> bool {
        let record = &self.record;
        let (stood, applied) = (heartbeat.stood, heartbeat.applied);
        // What it has applied may have been lost though its epoch was not.
        let lost = |stamp: Stamp| stamp.epoch != record.epoch && !record.contains(stamp);
        let parted = !record.has(stood) || lost(applied);
        stood != Epoch::ZERO && parted && record.floor.epoch <= stood
    }

    /// Whether there is no room for another failover in the record.
    pub(super) fn has_most_failovers(&self) -> bool {
        self.record.failovers.len() >= Failovers::MAX
    }

    /// The stamp of the next commit.
    pub(super) fn next_stamp(&self) -> Stamp {
        Stamp::new(self.record.epoch, self.record.revision.next())
    }

    /// The record that stands with the next commit; `None` where it would say nothing new.
    pub(super) fn next_record(
        &self,
        ctx: &mut Ctx<'_>,
        settled: Stamp,
        failovers: Failovers,
        changes: bool,
    ) -> Option<LeaderRecord> {
        // When the leases of earlier leaders are over, the record says so: the next leader has no longer
        // to wait than for this one's.
        let running = self.record.leases.map(|leases| leases.running);
        let own = ctx.core.timing().lease;
        let longest: Duration = running.filter(|_| !self.grace_over).unwrap_or(own);
        let same = !changes
            && failovers == self.record.failovers
            && running == Some(longest)
            && !ctx.core.epochs.raises_floor();
        let settles = settled != self.record.settled;
        if same && (self.has_settled() || !settles) {
            return None;
        }
        let next = LeaderRecord {
            revision: self.record.revision.next(),
            settled,
            failovers,
            nonce: ctx.core.nonce(),
            other: self.record.other.carried(),
            ..self.record.clone()
        };
        Some(ctx.core.complete(next, longest))
    }

    /// A commit has landed, and this record with it.
    pub(super) fn wrote(&mut self, record: LeaderRecord) {
        self.record = record;
    }

    pub(super) fn end(&self) -> Option<End> {
        self.end
    }

    pub(super) fn ends(&mut self, end: End) {
        self.end = Some(end);
    }

    /// Another record stands than this leader wrote.
    pub(super) fn deposed(&mut self, ctx: &mut Ctx<'_>, found: Option<&LeaderRecord>) {
        let own = self.record.epoch;
        match found {
            // Of an epoch that this one stands on, or of another copy of the store.
            Some(found) if found.epoch <= own => {
                ctx.alarm(format!(
                    "the leader record of epoch {own} went backwards: the store lost its newest \
                     writes; a new epoch begins"
                ));
                self.ends(End::Again);
            }
            // Gone, or not to be read: whoever gets the lock next will see.
            found => {
                ctx.core.see(found.map_or(own, |found| found.epoch));
                self.ends(End::Deposed);
            }
        }
    }
}

#[cfg(test)]
mod tests;
