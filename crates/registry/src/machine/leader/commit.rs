//! What goes into a commit, and what follows from one that was made.

use groupkeeper_assignment_store::{Admission, WriteError};
use groupkeeper_types::Stamp;

use super::Leader;
use super::chain::{Told, Work};
use super::planner::Plan;
use crate::machine::core::{Ctx, Stopping};
use crate::machine::{Batch, BatchChange, Effect, OpId, Reply};
use crate::peer::{Decision, News, PeerError};

impl Leader {
    /// Starts the next commit, or a verification, unless one is under way.
    pub(super) fn commit(&mut self, ctx: &mut Ctx<'_>) {
        if self.chain.go_on(ctx, self.facts.term.record()) {
            return;
        }
        if self.lending.is_lent() && ctx.core.presence.stopping == Stopping::No {
            // Whoever takes the lock begins on top of the record as it is.
            return self.chain.verify(ctx, self.facts.term.record());
        }
        let stamp = self.facts.term.next_stamp();
        let changes = self.facts.stored.take_changes(ctx.core.pace.most());
        let Plan {
            mut changes,
            calls,
            rewrites,
            failovers,
            settles,
        } = self.planner.plan(ctx, &self.facts, changes);
        self.audit.restore(ctx, &mut changes);
        self.set_aside(ctx, stamp, &mut changes);
        // With this commit whole, so is everything that stands in the store.
        let settled = if self.audit.is_whole() && settles {
            stamp
        } else {
            self.facts.term.record().settled
        };
        let Some(next) = self
            .facts
            .term
            .next_record(ctx, settled, failovers, !changes.is_empty())
        else {
            return self.chain.verify(ctx, self.facts.term.record());
        };
        let batch = Batch {
            expected: self.facts.term.record().clone(),
            next,
            changes,
        };
        let work = Work {
            batch,
            calls,
            rewrites,
        };
        self.chain.commit(ctx, work);
    }

    /// Adds the next entry that can be set aside to a commit that has nothing else to do, with the
    /// decision that takes its place.
    fn set_aside(&mut self, ctx: &mut Ctx<'_>, stamp: Stamp, changes: &mut Vec<BatchChange>) {
        if !changes.is_empty() || !self.audit.may_scrub(ctx.core, &self.facts) {
            return;
        }
        let Some((name, group)) = self.audit.next_unreadable() else {
            return;
        };
        let decision = match ctx.core.known.groups.get(&group) {
            Some(decision) => BatchChange::Rewrite(decision),
            None => match self.planner.decide_lost(ctx, &self.facts, &group, stamp) {
                Some(decision) => BatchChange::Assign(decision),
                None => return,
            },
        };
        changes.extend([BatchChange::SetAside(name), decision]);
    }

    /// The store has answered a commit or a verification.
    pub(super) fn written(&mut self, ctx: &mut Ctx<'_>, op: OpId, result: Result<(), WriteError>) {
        let told = self
            .chain
            .answered(ctx, self.facts.term.record(), op, result);
        if !matches!(told, Told::Nothing) {
            self.planner.look_again();
        }
        match told {
            Told::Nothing | Told::Answer => {}
            Told::Committed(work) => self.committed(ctx, work),
            Told::Refused(work, error) => self.give_up_on(ctx, work, &error),
            Told::Stale(found) => self.facts.term.deposed(ctx, found.as_deref()),
        }
    }

    /// The store will never take this commit, and has changed nothing. Gateways say again that they
    /// are there; whoever waits for a group is told.
    fn give_up_on(&mut self, ctx: &mut Ctx<'_>, work: Work, error: &WriteError) {
        ctx.problem(error.to_string());
        for change in work.batch.changes {
            match change {
                BatchChange::Dismiss(addr) => self.facts.stored.dismiss_again(addr),
                BatchChange::Rewrite(decision) => {
                    self.planner.not_rewritten(&self.facts, &decision.group);
                }
                BatchChange::SetAside(name) => {
                    if let Some(group) = self.audit.is_stuck(ctx, &name) {
                        self.planner.end_asking_all(&group);
                    }
                }
                BatchChange::Admit(_) | BatchChange::Assign(_) => {}
            }
        }
        for (_, call) in work.calls {
            let why = error.to_string();
            ctx.reply(call, Reply::Found(Err(PeerError::Refused { why })));
        }
    }

    fn committed(&mut self, ctx: &mut Ctx<'_>, work: Work) {
        let Work { batch, calls, .. } = work;
        let other_failovers = batch.next.failovers != self.facts.term.record().failovers;
        ctx.core.epochs.stands(&batch.next);
        ctx.core.known.applied = batch.next.stamp();
        self.facts.term.wrote(batch.next);
        if other_failovers && let Some(failover) = self.planner.failovers_changed(ctx, &self.facts)
        {
            self.log.push(News::FailedOver(failover));
        }
        for change in batch.changes {
            match change {
                BatchChange::Assign(decision) => self.decided(ctx, decision),
                BatchChange::Rewrite(decision) => self.audit.written(&decision.group),
                BatchChange::SetAside(name) => {
                    if let Some(group) = self.audit.is_aside(ctx, &name) {
                        self.planner.end_asking_all(&group);
                    }
                }
                BatchChange::Admit(gateway) => {
                    let admitted = ctx.core.known.applied;
                    let admission = Admission { gateway, admitted };
                    self.facts.stored.enter(admission);
                }
                BatchChange::Dismiss(addr) => {
                    self.facts.stored.remove(&addr);
                    self.dismissed(ctx, &addr);
                }
            }
        }
        for (group, call) in calls {
            if let Some(decision) = ctx.core.known.groups.get(&group) {
                ctx.found(call, decision);
            }
        }
    }

    fn decided(&mut self, ctx: &mut Ctx<'_>, decision: Decision) {
        self.planner.decided(ctx, &self.facts, &decision);
        ctx.core.known.groups.insert(&decision);
        ctx.hear(&decision);
        self.log.push(decision.clone().into());
        ctx.out.push(Effect::Learn(decision));
    }
}
