use std::sync::Arc;

use groupkeeper_assignment_store::{Failover, GatewayRecord, LeaderRecord, WriteError};
use groupkeeper_types::mutation::{self, Mutation};
use groupkeeper_types::{GatewayAddr, GroupName, Moment, Stamp};

use super::beside::Beside;
use super::deciding::Decided;
use super::proposals::Cause;
use super::questions::found;
use super::{End, Leader};
use crate::machine::core::{Ctx, Stopping};
use crate::machine::{Batch, BatchChange, CallId, OpId, Reply, StoreWork};
use crate::peer::{Decision, PeerError};

/// The chain of commits: one is in flight at a time, and whoever comes meanwhile joins the next.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Chain {
    /// The record as this leader last wrote it, and knows that it stands.
    record: LeaderRecord,
    flight: Option<Flight>,
    /// When the newest request was sent that found the record standing.
    verified_at: Moment,
    verify_at: Moment,
    pub(super) beside: Beside,
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
struct Work {
    batch: Batch,
    decided: Decided,
    /// How many assignments it writes that are behind a failover.
    rewrites: usize,
}

impl Chain {
    pub(super) fn new(record: LeaderRecord, verified_at: Moment, verify_at: Moment) -> Self {
        Self {
            record,
            flight: None,
            verified_at,
            verify_at,
            beside: Beside::new(),
        }
    }

    pub(super) fn record(&self) -> &LeaderRecord {
        &self.record
    }

    pub(super) fn verified_at(&self) -> Moment {
        self.verified_at
    }

    /// Whether the store has not answered this leader for longer than a verification takes.
    pub(super) fn is_silent(&self, ctx: &Ctx<'_>) -> bool {
        ctx.now.since(self.verified_at) > ctx.core.timing().store_silence()
    }

    /// The groups that the commit in flight decides about.
    pub(super) fn assigned(&self) -> impl Iterator<Item = &GroupName> {
        self.changes().iter().filter_map(|change| match change {
            BatchChange::Assign(decision) => Some(&decision.group),
            BatchChange::Rewrite(_)
            | BatchChange::SetAside(_)
            | BatchChange::Admit(_)
            | BatchChange::Dismiss(_) => None,
        })
    }

    /// The failover that the commit in flight begins.
    pub(super) fn failover(&self) -> Option<&Arc<Failover>> {
        let next = &self.work()?.batch.next;
        let newest = next.failovers.newest();
        newest.filter(|failover| failover.stamp() == next.stamp())
    }

    /// Whether the commit in flight takes all groups from this gateway.
    pub(super) fn fails_over(&self, addr: &GatewayAddr) -> bool {
        let takes = |failover: &Arc<Failover>| failover.takes_from(addr);
        self.failover().is_some_and(takes)
    }

    pub(super) fn deadline(&self) -> Moment {
        match &self.flight {
            None => self.verify_at,
            Some(Flight::Repeat { from, .. }) => self.beside.deadline().min(*from),
            Some(Flight::Commit { .. }) => self.beside.deadline(),
            Some(Flight::Verify { .. }) => Moment::NEVER,
        }
    }

    pub(super) fn is_committing(&self) -> bool {
        self.work().is_some()
    }

    /// The record was found standing by a request that was sent then.
    pub(super) fn stood(&mut self, sent: Moment) {
        self.verified_at = self.verified_at.max(sent);
    }

    pub(super) fn take_calls(&mut self) -> Vec<CallId> {
        match self.flight.take() {
            Some(Flight::Commit { work, .. } | Flight::Repeat { work, .. }) => work
                .decided
                .calls
                .into_iter()
                .map(|(_, call)| call)
                .collect(),
            Some(Flight::Verify { .. }) | None => Vec::new(),
        }
    }

    /// How many assignments behind a failover the commit in flight writes.
    pub(super) fn rewrites(&self) -> usize {
        self.work().map_or(0, |work| work.rewrites)
    }

    fn work(&self) -> Option<&Work> {
        match &self.flight {
            Some(Flight::Commit { work, .. } | Flight::Repeat { work, .. }) => Some(work),
            Some(Flight::Verify { .. }) | None => None,
        }
    }

    fn changes(&self) -> &[BatchChange] {
        self.work().map_or(&[], |work| &work.batch.changes)
    }

    /// Whether the commit in flight gives a group to this gateway.
    pub(super) fn assigns_to(&self, addr: &GatewayAddr) -> bool {
        let to = |change: &BatchChange| matches!(change, BatchChange::Assign(d) if d.coordinator == *addr);
        self.changes().iter().any(to)
    }

    pub(super) fn admits(&self, record: &GatewayRecord) -> bool {
        self.changes()
            .iter()
            .any(|change| matches!(change, BatchChange::Admit(r) if r == record))
    }

    /// Whether the commit in flight writes this gateway's place in the stored set.
    pub(super) fn touches(&self, addr: &GatewayAddr) -> bool {
        self.dismisses(addr)
            || self
                .changes()
                .iter()
                .any(|c| matches!(c, BatchChange::Admit(r) if r.addr == *addr))
    }

    pub(super) fn dismisses(&self, addr: &GatewayAddr) -> bool {
        let it = |change: &BatchChange| matches!(change, BatchChange::Dismiss(a) if a == addr);
        self.changes().iter().any(it)
    }
}

impl Leader {
    /// Starts the next commit, or a verification, unless one is under way.
    pub(super) fn commit(&mut self, ctx: &mut Ctx<'_>) {
        self.verify_beside(ctx);
        match self
            .chain
            .flight
            .take_if(|f| matches!(f, Flight::Repeat { from, .. } if ctx.now >= *from))
        {
            Some(Flight::Repeat { work, .. }) => return self.send(ctx, work),
            _ if self.chain.flight.is_some() => return,
            _ => {}
        }
        if self.lending.is_lent() && ctx.core.stopping == Stopping::No {
            // Whoever takes the lock begins on top of the record as it is.
            return self.verify(ctx);
        }
        let stamp = Stamp::new(self.chain.record.epoch, self.chain.record.revision.next());
        let mut changes = Vec::new();
        changes.extend(
            std::mem::take(&mut self.admissions)
                .into_values()
                .map(BatchChange::Admit),
        );
        changes.extend(
            std::mem::take(&mut self.dismissals)
                .into_iter()
                .map(BatchChange::Dismiss),
        );
        // More gateways than one commit takes wait for the next.
        for change in changes.split_off(changes.len().min(ctx.core.pace.most())) {
            match change {
                BatchChange::Admit(record) => {
                    drop(self.admissions.insert(record.addr.clone(), record))
                }
                BatchChange::Dismiss(addr) => drop(self.dismissals.insert(addr)),
                BatchChange::Assign(_) | BatchChange::Rewrite(_) | BatchChange::SetAside(_) => {}
            }
        }
        let failover = self.fail_over(ctx, stamp);
        let decided = self.decide(ctx, stamp, failover.as_deref(), &mut changes);
        let rewrites = self.rewrite(ctx, !decided.calls.is_empty(), &mut changes);
        self.restore(ctx, &mut changes);
        self.set_aside(ctx, stamp, &mut changes);
        let failovers = self.failovers_after(failover);
        // With this commit whole, so is everything that stands in the store.
        let raises = self.loading.is_whole() && !self.proposals.has_settling();
        let settled = if raises {
            stamp
        } else {
            self.chain.record.settled
        };
        // When the leases of earlier leaders are over, the record says so: the next leader has no longer
        // to wait than for this one's.
        let running = self.chain.record.leases.map(|leases| leases.running);
        let own = ctx.core.timing().lease;
        let longest = running.filter(|_| !self.grace_over).unwrap_or(own);
        let same = changes.is_empty()
            && failovers == self.chain.record.failovers
            && running == Some(longest)
            && !ctx.core.raise_floor;
        if same && (self.has_settled() || !raises) {
            return self.verify(ctx);
        }
        let next = LeaderRecord {
            revision: stamp.revision,
            settled,
            failovers,
            nonce: ctx.core.nonce(),
            other: self.chain.record.other.carried(),
            ..self.chain.record.clone()
        };
        let next = ctx.core.complete(next, longest);
        let batch = Batch {
            expected: self.chain.record.clone(),
            next,
            changes,
        };
        let work = Work {
            batch,
            decided,
            rewrites,
        };
        let long = ctx.now + ctx.core.timing().verify_every;
        self.chain.beside.due_at(long);
        self.send(ctx, work);
    }

    /// Verifies the record, when that is due.
    fn verify(&mut self, ctx: &mut Ctx<'_>) {
        if ctx.now >= self.chain.verify_at {
            let op = ctx.store(StoreWork::Verify(self.chain.record.clone()));
            self.chain.flight = Some(Flight::Verify { op, sent: ctx.now });
        }
    }

    fn send(&mut self, ctx: &mut Ctx<'_>, work: Work) {
        let op = ctx.store(StoreWork::Commit(work.batch.clone()));
        self.chain.flight = Some(Flight::Commit {
            op,
            sent: ctx.now,
            work,
        });
    }

    pub(super) fn written(&mut self, ctx: &mut Ctx<'_>, op: OpId, result: Result<(), WriteError>) {
        if self.verified_beside(ctx, op, &result) {
            return;
        }
        let ours = |flight: &mut Flight| matches!(flight, Flight::Commit { op: own, .. } | Flight::Verify { op: own, .. } if *own == op);
        let Some(flight) = self.chain.flight.take_if(ours) else {
            return;
        };
        self.chain.verify_at = ctx.now + ctx.core.timing().verify_every;
        self.failing_over.look = true;
        match &result {
            Ok(()) => ctx.trouble_is_over(),
            Err(error) if error.is_retryable() => {
                if ctx.now.since(self.chain.verified_at) > ctx.core.timing().leaderless() {
                    ctx.trouble(error.to_string());
                }
            }
            Err(_) => {}
        }
        match (result, flight) {
            (Ok(()), Flight::Commit { sent, work, .. }) => {
                let (span, wanted) = (ctx.now.since(sent), ctx.core.timing().verify_every);
                ctx.core.pace.took(work.batch.changes.len(), span, wanted);
                self.chain.stood(sent);
                self.committed(ctx, work);
            }
            (Ok(()), Flight::Verify { sent, .. }) => self.chain.stood(sent),
            (Ok(()), Flight::Repeat { .. }) => {}
            (Err(error @ WriteError::Unavailable { .. }), Flight::Commit { work, .. })
                if mutation::is_on(Mutation::CommitOutsideChain) =>
            {
                self.give_up_on(ctx, work, &error);
            }
            (Err(WriteError::Stale { .. }), Flight::Commit { sent, work, .. })
                if mutation::is_on(Mutation::NoFencing) =>
            {
                self.chain.verified_at = sent;
                self.committed(ctx, work);
            }
            (Err(WriteError::Unavailable { .. }), Flight::Commit { work, .. }) => {
                ctx.core.pace.slow(work.batch.changes.len());
                let from = ctx.now + ctx.core.timing().retry_every;
                self.chain.flight = Some(Flight::Repeat { from, work });
            }
            (Err(WriteError::Unavailable { .. }), _) => {}
            (Err(WriteError::Stale { found }), flight) => {
                self.put_back(flight);
                self.deposed(ctx, found.as_deref());
            }
            (Err(error @ WriteError::Unsupported { .. }), Flight::Commit { work, .. }) => {
                self.give_up_on(ctx, work, &error);
            }
            (Err(error @ WriteError::Unsupported { .. }), _) => ctx.problem(error.to_string()),
        }
    }

    /// The store will never take this commit, and has changed nothing. Gateways say again that they
    /// are there; whoever waits for a group is told.
    fn give_up_on(&mut self, ctx: &mut Ctx<'_>, work: Work, error: &WriteError) {
        ctx.problem(error.to_string());
        for change in work.batch.changes {
            match change {
                BatchChange::Dismiss(addr) => drop(self.dismissals.insert(addr)),
                BatchChange::Rewrite(decision) => self.not_rewritten(&decision.group),
                BatchChange::SetAside(name) => self.stays_where_it_is(ctx, &name),
                BatchChange::Admit(_) | BatchChange::Assign(_) => {}
            }
        }
        for (_, call) in work.decided.calls {
            let why = error.to_string();
            ctx.reply(call, Reply::Found(Err(PeerError::Refused { why })));
        }
    }

    /// Keeps the calls of a commit that was refused, so that they are answered.
    fn put_back(&mut self, flight: Flight) {
        self.chain.flight = Some(flight);
    }

    pub(super) fn deposed(&mut self, ctx: &mut Ctx<'_>, found: Option<&LeaderRecord>) {
        let own = self.chain.record.epoch;
        match found {
            // Of an epoch that this one stands on, or of another copy of the store.
            Some(found) if found.epoch <= own => {
                ctx.alarm(format!(
                    "the leader record of epoch {own} went backwards: the store lost its newest \
                     writes; a new epoch begins"
                ));
                self.end = Some(End::Again);
            }
            // Gone, or not to be read: whoever gets the lock next will see.
            found => {
                ctx.core.see(found.map_or(own, |found| found.epoch));
                self.end = Some(End::Deposed);
            }
        }
    }

    fn committed(&mut self, ctx: &mut Ctx<'_>, work: Work) {
        let Work { batch, decided, .. } = work;
        let other_failovers = batch.next.failovers != self.chain.record.failovers;
        self.chain.record = batch.next;
        ctx.core.stands(&self.chain.record);
        ctx.core.applied = self.chain.record.stamp();
        if other_failovers {
            self.failovers_changed(ctx);
        }
        for change in batch.changes {
            match change {
                BatchChange::Assign(decision) => self.decided(ctx, decision),
                BatchChange::Rewrite(decision) => self.scrub.written(&decision.group),
                BatchChange::SetAside(name) => self.is_aside(ctx, &name),
                BatchChange::Admit(gateway) => self.admitted(ctx, gateway),
                BatchChange::Dismiss(addr) => {
                    self.stored.remove(&addr);
                    self.dismissed(ctx, &addr);
                }
            }
        }
        for (group, call) in decided.calls {
            if let Some(decision) = ctx.core.groups.get(&group) {
                found(ctx, call, decision);
            }
        }
    }

    fn decided(&mut self, ctx: &mut Ctx<'_>, decision: Decision) {
        if let Some(before) = ctx.core.groups.coordinator(&decision.group) {
            self.revoking.done(before, &decision.group);
        }
        self.no_longer_asked(&decision.group);
        ctx.core.groups.insert(&decision);
        ctx.hear(&decision);
        self.log.push(decision.clone().into());
        // It may have gone, or asked to go, while the commit was under way.
        if self.loses_groups(&decision.coordinator) {
            self.proposals.add(decision.group.clone(), Cause::Drain);
        } else if !self.is_alive(&decision.coordinator) {
            self.proposals.add(decision.group.clone(), Cause::Orphan);
        }
        ctx.out.push(crate::machine::Effect::Learn(decision));
    }
}
