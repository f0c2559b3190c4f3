use groupkeeper_types::{GatewayAddr, GroupName, Stamp};

use super::Leader;
use super::proposals::Cause;
use crate::machine::Effect;
use crate::machine::core::Ctx;
use crate::peer::Decision;

/// What another copy of the store decided, and a healed network has brought here.
impl Leader {
    /// Whether nobody acts any more for a group that was decided about so. What the other copy did with the
    /// stored set may have come here too: gateways that are not known hold what they hold until their leases are
    /// over. Who was at half a commit has dismissed nobody that this history has let in since.
    pub(super) fn is_free_of_another_copy(
        &self,
        ctx: &Ctx<'_>,
        group: &GroupName,
        stamp: Stamp,
    ) -> bool {
        (self.facts.term.grace_over() || self.facts.term.is_half(stamp))
            && self.is_given_up_by_all(ctx, group)
    }

    /// Takes note of such an assignment: what is known of the group is written again over it, and a group of
    /// which nothing else is known gets its coordinator by a decision of this leader.
    pub(super) fn take_in_of_another_copy(&mut self, ctx: &mut Ctx<'_>, decision: Decision) {
        let half = self.facts.term.is_half(decision.stamp);
        ctx.core.raise_floor |=
            !half && self.facts.term.record().floor.epoch <= decision.stamp.epoch;
        self.facts.inherit_named(ctx, &decision.coordinator);
        let known = ctx.core.groups.stamp(&decision.group);
        if known.is_some_and(|known| !self.facts.term.is_of_another_copy(known)) {
            return self.scrub.write_again(decision.group);
        }
        ctx.core.groups.insert(&decision);
        ctx.out.push(Effect::Forget(decision.group.clone()));
        self.proposals.add(decision.group, Cause::Settle);
    }

    /// Whether nobody can be acting for a group any more, whoever decided about it: every gateway has been
    /// asked to give it up, and has, or is gone.
    pub(super) fn is_given_up_by_all(&self, ctx: &Ctx<'_>, group: &GroupName) -> bool {
        let mut alive = self.facts.roster.healthy(ctx.now);
        alive.all(|member| self.has_given_up(ctx, &member.addr, group))
    }

    /// Asks every gateway to give a group up.
    pub(super) fn ask_all_to_give_up(&mut self, ctx: &mut Ctx<'_>, group: &GroupName) {
        let newest: Stamp = self.facts.term.record().stamp();
        let me = &ctx.core.me.addr;
        let alive = self
            .facts
            .roster
            .healthy(ctx.now)
            .map(|member| &member.addr);
        let others: Vec<GatewayAddr> = alive.filter(|addr| *addr != me).cloned().collect();
        self.findings.ask(group.clone());
        for addr in &others {
            self.revoking.ask(addr, group, newest);
        }
        ctx.give_up(group, newest);
    }
}
