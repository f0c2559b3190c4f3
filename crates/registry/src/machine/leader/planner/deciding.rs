//! What a commit decides about single groups.

use groupkeeper_assignment_store::Failover;
use groupkeeper_types::{GroupName, Stamp};

use super::Planner;
use super::choosing::{Among, Choice};
use crate::machine::core::Ctx;
use crate::machine::leader::facts::Facts;
use crate::machine::{BatchChange, CallId};
use crate::peer::Decision;

/// The most bytes of group names in one commit, so that it fits into one message of any store.
pub(super) const MAX_BYTES: usize = 1 << 20;

impl Planner {
    /// Decides what is proposed, as far as it can be decided now and fits into one commit; the calls that
    /// wait for it.
    pub(super) fn decide(
        &mut self,
        ctx: &mut Ctx<'_>,
        facts: &Facts,
        stamp: Stamp,
        failover: Option<&Failover>,
        changes: &mut Vec<BatchChange>,
    ) -> Vec<(GroupName, CallId)> {
        let mut calls = Vec::new();
        if self.proposals.is_empty() {
            return calls;
        }
        let gathered = self.gathering.is_over(facts);
        let mut among = Among::new(facts.candidates(ctx.now), gathered);
        if among.is_empty() && facts.is_alone(ctx.now) {
            for call in self.proposals.take_calls() {
                ctx.not_available(call, "no healthy gateway is left to take the group");
            }
            return calls;
        }
        let mut settled = Vec::new();
        let mut revokes = Vec::new();
        let mut ask_all = Vec::new();
        let mut bytes = 0;
        for (group, proposal) in self.proposals.iter() {
            if changes.len() >= ctx.core.pace.most() || bytes >= MAX_BYTES {
                break;
            }
            if failover.is_some_and(|failover| is_taken(ctx, group, failover)) {
                continue;
            }
            match self.choose(ctx, facts, group, proposal, &among) {
                Choice::Wait => {}
                Choice::AskAll => ask_all.push(group.clone()),
                Choice::WithTheOthers(from) => {
                    revokes.push((from, group.clone()));
                    settled.push((group.clone(), false));
                }
                Choice::Keep => settled.push((group.clone(), false)),
                Choice::Revoke(from) => revokes.push((from, group.clone())),
                Choice::Assign(coordinator) => {
                    among.give(&coordinator);
                    let group = group.clone();
                    bytes += group.as_str().len();
                    settled.push((group.clone(), true));
                    changes.push(BatchChange::Assign(Decision {
                        group,
                        coordinator,
                        stamp,
                    }));
                }
            }
        }
        for (from, group) in revokes {
            let stamp = ctx.core.known.groups.stamp(&group).unwrap_or_default();
            self.revoking.ask(&from, &group, stamp);
            self.failing_over.look_again();
        }
        for group in ask_all {
            self.ask_all_to_give_up(ctx, facts, &group);
        }
        for (group, changed) in settled {
            if changed
                && ctx.core.known.groups.coordinator(&group) == Some(&ctx.core.me.addr)
                && let Some(stamp) = ctx.core.known.groups.stamp(&group)
            {
                // Before the commit is sent, and whoever it names: this leader takes it back by the
                // new decision, if that names it.
                ctx.give_up(&group, stamp);
            }
            for call in self.proposals.remove(&group) {
                if changed {
                    calls.push((group.clone(), call));
                } else if let Some(decision) = ctx.core.known.groups.get(&group) {
                    ctx.found(call, decision);
                }
            }
        }
        calls
    }

    /// Adds assignments that are behind to a commit, as many as there is room for, and says how many.
    pub(super) fn rewrite(
        &mut self,
        ctx: &Ctx<'_>,
        facts: &Facts,
        somebody_waits: bool,
        changes: &mut Vec<BatchChange>,
    ) -> usize {
        if !facts.term.has_settled() {
            return 0;
        }
        self.failing_over.rewrite(ctx, somebody_waits, changes)
    }
}

/// Whether a group moves by this failover.
fn is_taken(ctx: &Ctx<'_>, group: &GroupName, failover: &Failover) -> bool {
    let coordinator = ctx.core.known.groups.coordinator(group);
    let stamped = ctx.core.known.groups.stamp(group).unwrap_or_default() != Stamp::ZERO;
    stamped && coordinator.is_some_and(|coordinator| failover.takes_from(coordinator))
}
