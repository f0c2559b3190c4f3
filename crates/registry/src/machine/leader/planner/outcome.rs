//! What a commit that was made changes in what is wanted.

use std::sync::Arc;

use groupkeeper_assignment_store::Failover;
use groupkeeper_types::{GatewayAddr, GroupName};

use super::{Cause, Planner};
use crate::machine::Effect;
use crate::machine::core::Ctx;
use crate::machine::groups::Moved;
use crate::machine::leader::facts::Facts;
use crate::peer::Decision;

impl Planner {
    /// A group was decided about; what is known of it is still the decision before.
    pub(in crate::machine::leader) fn decided(
        &mut self,
        ctx: &Ctx<'_>,
        facts: &Facts,
        decision: &Decision,
    ) {
        if let Some(before) = ctx.core.known.groups.coordinator(&decision.group) {
            self.revoking.done(before, &decision.group);
        }
        self.revoking.end_asking_all(&decision.group);
        // Its coordinator may have gone, or asked to go, while the commit was under way.
        self.propose_lost(facts, decision);
    }

    /// The store did not take this assignment after all.
    pub(in crate::machine::leader) fn not_rewritten(&mut self, facts: &Facts, group: &GroupName) {
        if let Some(oldest) = facts.term.record().failovers.as_slice().first() {
            self.failing_over.fall_behind(oldest.stamp(), group);
        }
    }

    /// The record has other failovers than before: the newest, if it is this commit's, takes effect, and
    /// is returned.
    pub(in crate::machine::leader) fn failovers_changed(
        &mut self,
        ctx: &mut Ctx<'_>,
        facts: &Facts,
    ) -> Option<Arc<Failover>> {
        let record = facts.term.record();
        let stamp = record.stamp();
        let newest = record.failovers.newest();
        let new = newest.filter(|failover| failover.stamp() == stamp).cloned();
        if let Err(error) = self.failing_over.refold(&record.failovers) {
            ctx.problem(error.to_string());
            return None;
        }
        if let Some(failover) = &new {
            self.failed_over(ctx, facts, failover);
        }
        new
    }

    fn failed_over(&mut self, ctx: &mut Ctx<'_>, facts: &Facts, failover: &Failover) {
        let folding = self.failing_over.folding();
        let all = ctx.core.known.groups.fail_over(failover, folding);
        let count = all.len();
        let among = failover.among().iter().map(|(addr, _)| addr);
        let losing: Vec<_> = among.filter(|addr| facts.loses_groups(addr)).collect();
        let (mut moved, mut learned) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for Moved { before, after } in all {
            self.revoking.done(&before, &after.group);
            if after.coordinator == before {
                // The reference's, which failovers leave alone.
                self.proposals.add(after.group, Cause::Orphan);
                continue;
            }
            if losing.contains(&&after.coordinator) {
                self.proposals.add(after.group.clone(), Cause::Drain);
            }
            moved.push(after.group.clone());
            learned.push(after);
        }
        ctx.hear_all(&learned);
        ctx.out.push(Effect::LearnAll(learned));
        self.failing_over.all_fall_behind(failover.stamp(), moved);
        let gone: Vec<&str> = failover.gone().iter().map(GatewayAddr::as_str).collect();
        ctx.info(format!(
            "{count} groups of {} have moved to {} gateways",
            gone.join(", "),
            failover.among().len()
        ));
    }
}
