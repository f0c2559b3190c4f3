//! The search for a leader, in the store's record. Whether that leader answers is told to it.

use std::time::Duration;

use groupkeeper_assignment_store::{LeaderRecord, ReadError, WriteError};
use groupkeeper_types::{Incarnation, Moment};

use super::confirming::Confirming;
use crate::machine::core::{Core, Ctx};
use crate::machine::{OpId, StoreWork};

/// Who leads, as far as the record tells, and when to look again.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Search {
    leader: Option<LeaderRecord>,
    look: Option<OpId>,
    /// When to look for the leader; never, while the session goes well.
    next_look: Moment,
    confirming: Confirming,
    /// Since when nothing could be read, or the record named another process at this address.
    troubled: Option<Moment>,
}

impl Search {
    pub(super) fn leader(&self) -> Option<&LeaderRecord> {
        self.leader.as_ref()
    }

    /// The longest lease that this gateway takes: its leader may be configured to give shorter ones, and
    /// then does not wait for longer.
    pub(super) fn longest_lease(&self, core: &Core) -> Duration {
        let given = self.leader.as_ref().and_then(|record| record.leases);
        let own = core.timing().lease;
        given.map_or(own, |leases| leases.given.min(own))
    }

    pub(super) fn deadline(&self, core: &Core) -> Moment {
        if self.look.is_none() {
            self.next_look.min(core.candidacy.look_at())
        } else {
            Moment::NEVER
        }
    }

    /// Looks, when that is due.
    pub(super) fn go_on(&mut self, ctx: &mut Ctx<'_>) {
        if ctx.now >= self.deadline(ctx.core) {
            self.look = Some(ctx.store(StoreWork::ReadRecord));
        }
    }

    pub(super) fn is_by(&self, op: OpId) -> bool {
        self.look == Some(op)
    }

    /// The record has been read, or could not be; whether it names another leader than before.
    pub(super) fn looked(
        &mut self,
        ctx: &mut Ctx<'_>,
        result: Result<Option<LeaderRecord>, ReadError>,
    ) -> bool {
        self.look = None;
        self.next_look = ctx.now + ctx.core.timing().retry_every;
        self.confirming.looked(ctx, &result);
        match result {
            Ok(Some(record)) => return self.found(ctx, record),
            Ok(None) => self.leader = None,
            // Whoever led may lead still: a store that can't be read says nothing.
            Err(error) if error.is_retryable() => {
                if self.lasts(ctx) {
                    ctx.trouble(error.to_string());
                }
            }
            Err(error) => ctx.problem(error.to_string()),
        }
        false
    }

    fn found(&mut self, ctx: &mut Ctx<'_>, record: LeaderRecord) -> bool {
        // Also a leader of an older epoch than one that was seen is told of that: it is deposed, or
        // leads on another copy of the store.
        ctx.core.see(record.epoch);
        // A record at this gateway's own address is from a term that it, or a process
        // before it, no longer holds.
        if record.leader == ctx.core.me.addr {
            self.leader = None;
            if record.incarnation != ctx.core.me.incarnation && self.lasts(ctx) {
                ctx.trouble(format!(
                    "another process at {} was the last to lead, or leads: where two run, \
                     stop one, or give one another advertised address (--advertise)",
                    record.leader
                ));
            }
            return false;
        }
        let before = self.leader.replace(record);
        let which = |record: &LeaderRecord| (record.epoch, record.incarnation);
        self.leader.as_ref().map(which) != before.as_ref().map(which)
    }

    /// The store has answered a question whether it decides for this gateway.
    pub(super) fn confirmed(
        &mut self,
        ctx: &mut Ctx<'_>,
        op: OpId,
        result: &Result<(), WriteError>,
    ) {
        self.confirming.answered(ctx, op, result);
    }

    /// Whether the store has confirmed this leader's record a moment ago.
    pub(super) fn has_confirmed(&self, ctx: &Ctx<'_>, leader: Incarnation) -> bool {
        self.confirming.has_confirmed(ctx, leader)
    }

    /// A session goes on: with the leader that the record names, if that is `known`, and that one is in doubt
    /// or is not.
    pub(super) fn session_goes_on(&mut self, ctx: &Ctx<'_>, known: bool, doubtful: bool) {
        self.troubled = None;
        self.confirming.leader_in_doubt = doubtful;
        self.next_look = if !known {
            ctx.now
        } else if doubtful {
            ctx.now + ctx.core.timing().retry_every
        } else {
            Moment::NEVER
        };
    }

    /// The leader does not answer as it should: looks at once.
    pub(super) fn look_now(&mut self, ctx: &Ctx<'_>) {
        self.next_look = self.next_look.min(ctx.now);
    }

    /// Nobody leads who was known to.
    pub(super) fn lose_leader(&mut self, ctx: &Ctx<'_>) {
        self.leader = None;
        let soon = ctx.now + ctx.core.timing().retry_every;
        self.next_look = self.next_look.min(soon);
    }

    /// The leader has resigned: another will have to be elected first.
    pub(super) fn leader_resigned(&mut self, ctx: &Ctx<'_>) {
        self.leader = None;
        self.next_look = ctx.now + ctx.core.timing().retry_every;
    }

    /// Whether there has been trouble for longer than a change of leader takes.
    fn lasts(&mut self, ctx: &Ctx<'_>) -> bool {
        let since = *self.troubled.get_or_insert(ctx.now);
        ctx.now.since(since) > ctx.core.timing().leaderless()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::testing::{Bench, gateway, record};

    fn led_by(name: &str, epoch: u64) -> LeaderRecord {
        let it = gateway(name, 1);
        LeaderRecord {
            leader: it.addr,
            incarnation: it.incarnation,
            rpc: it.rpc,
            ..record(epoch, None)
        }
    }

    #[test]
    fn tells_when_another_leads() {
        let (mut bench, mut search) = (Bench::new(), Search::default());
        search.go_on(&mut bench.ctx());
        let (op, _) = bench.asked();
        assert!(search.is_by(op) && search.deadline(&bench.core) == Moment::NEVER);
        assert!(search.looked(&mut bench.ctx(), Ok(Some(led_by("a", 1)))));
        assert!(!search.looked(&mut bench.ctx(), Ok(Some(led_by("a", 1)))));
        assert!(search.looked(&mut bench.ctx(), Ok(Some(led_by("a", 2)))));
        let error = ReadError::Unavailable {
            why: "no answer".to_owned(),
        };
        assert!(!search.looked(&mut bench.ctx(), Err(error)));
        assert_eq!(search.leader(), Some(&led_by("a", 2)), "it may lead still");
        assert!(!search.looked(&mut bench.ctx(), Ok(None)) && search.leader().is_none());
    }

    #[test]
    fn nobody_leads_by_a_record_of_this_address() {
        let (mut bench, mut search) = (Bench::new(), Search::default());
        search.looked(&mut bench.ctx(), Ok(Some(led_by("a", 1))));
        let twin = LeaderRecord {
            incarnation: gateway("me", 2).incarnation,
            ..record(2, None)
        };
        search.looked(&mut bench.ctx(), Ok(Some(twin.clone())));
        assert!(search.leader().is_none() && bench.take().is_empty());
        // It may just have ended. What lasts is told.
        bench.now = bench.now + bench.core.timing().leaderless() + Duration::from_micros(1);
        search.looked(&mut bench.ctx(), Ok(Some(twin)));
        assert_eq!(bench.take().len(), 1);
    }

    #[test]
    fn a_session_that_goes_well_needs_no_search() {
        let (mut bench, mut search) = (Bench::new(), Search::default());
        search.looked(&mut bench.ctx(), Ok(Some(led_by("a", 1))));
        search.session_goes_on(&bench.ctx(), true, false);
        assert_eq!(search.deadline(&bench.core), Moment::NEVER);
        search.session_goes_on(&bench.ctx(), false, false);
        assert_eq!(search.deadline(&bench.core), bench.now);
        search.session_goes_on(&bench.ctx(), true, true);
        assert!(search.deadline(&bench.core) > bench.now);
        search.lose_leader(&bench.ctx());
        assert!(search.leader().is_none());
    }
}
