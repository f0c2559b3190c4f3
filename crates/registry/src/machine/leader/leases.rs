use std::time::Duration;

use groupkeeper_assignment_store::GatewayRecord;
use groupkeeper_types::mutation::{self, Mutation};
use groupkeeper_types::{GatewayAddr, Moment};

use super::Leader;
use super::proposals::Cause;
use crate::machine::core::{Ctx, Stopping};
use crate::peer::{Changes, Decision, Heartbeat};

impl Leader {
    /// No lease lasts longer than this: by then a newer leader may count on its being over. It is
    /// counted from when the newest verification was *sent* that found this leader's record standing.
    fn lease_end(&self, ctx: &Ctx<'_>) -> Moment {
        let verified = if mutation::is_on(Mutation::LeaseUnverified) {
            ctx.now
        } else {
            self.chain.verified_at()
        };
        verified + ctx.core.timing().lease
    }

    /// How long a gateway may act, as of now.
    pub(super) fn lease_for(&self, ctx: &Ctx<'_>, record: &GatewayRecord) -> Duration {
        let stored =
            self.facts.stored.is_stored(record) || mutation::is_on(Mutation::LeaseBeforeStored);
        // Nor while a commit is under way that takes all its groups, or its place in the stored set.
        let goes = self.chain.in_flight().fails_over(&record.addr)
            || self.chain.in_flight().dismisses(&record.addr);
        if !stored || goes || !self.facts.roster.is_settled(&record.addr) {
            return Duration::ZERO;
        }
        self.lease_end(ctx).since(ctx.now)
    }

    /// A leader is a gateway too.
    pub(super) fn lease_to_itself(&self, ctx: &mut Ctx<'_>) {
        let me = &ctx.core.me;
        if ctx.core.stopping == Stopping::No
            && self.facts.stored.is_stored(me)
            && self.facts.roster.is_settled(&me.addr)
        {
            let end = self.lease_end(ctx);
            let lapsed = ctx.lapse();
            let floor = self.facts.token_floor(&ctx.core.me);
            ctx.raise_token_floor(floor);
            ctx.core.holdings.extend(end);
            if lapsed && ctx.now < end {
                ctx.hold_again();
            }
        }
    }

    /// A gateway whose lease was over is back, while a commit is under way that takes groups from it:
    /// it must not act for those under its next lease.
    pub(super) fn revoke_in_flight(&mut self, ctx: &Ctx<'_>, addr: &GatewayAddr) {
        for group in self.chain.in_flight().assigned() {
            if ctx.core.groups.coordinator(group) == Some(addr)
                && let Some(stamp) = ctx.core.groups.stamp(group)
            {
                self.revoking.ask(addr, group, stamp);
            }
        }
    }

    /// Whether a living gateway has given a group up, and so has every process at its address.
    pub(super) fn has_given_up(
        &self,
        ctx: &Ctx<'_>,
        addr: &GatewayAddr,
        group: &groupkeeper_types::GroupName,
    ) -> bool {
        self.facts.gives_up_at_once(&ctx.core.me.addr, addr)
            || (self.facts.roster.is_settled(addr) && self.revoking.is_heard(addr, group))
    }

    /// The same for every group that it has.
    pub(super) fn has_given_all_up(&self, ctx: &Ctx<'_>, addr: &GatewayAddr) -> bool {
        // What it was asked for besides is not among its own.
        let others = self
            .findings
            .asked()
            .filter(|group| self.revoking.is_asked(addr, group));
        let count = ctx.core.groups.count(addr) + others.count();
        self.facts.gives_up_at_once(&ctx.core.me.addr, addr)
            || (self.facts.roster.is_settled(addr) && self.revoking.is_all_heard(addr, count))
    }

    /// A gateway has given groups up that nobody moved in the end, or about whose move it has not
    /// heard: the one is decided anew, of the other it is told.
    pub(super) fn take_back(
        &mut self,
        ctx: &Ctx<'_>,
        heartbeat: &Heartbeat,
        changes: &mut Changes,
    ) {
        let addr = &heartbeat.gateway.addr;
        for (group, given_up) in heartbeat.given_up.iter().take(Heartbeat::MAX_GIVEN_UP) {
            let Some(decision) = ctx.core.groups.get(group) else {
                continue;
            };
            if self.facts.term.is_unsettled(decision.stamp) {
                // It may be half of a commit: it is decided again, and told of then.
                continue;
            }
            if decision.stamp > *given_up {
                if let Changes::Since(news) = changes {
                    news.push(decision.into());
                }
            } else {
                self.give_again(decision, addr);
            }
        }
    }

    /// The same of what this gateway gave up when another one led.
    pub(super) fn take_own_back(&mut self, ctx: &mut Ctx<'_>) {
        if ctx.core.stopping != Stopping::No {
            return;
        }
        for (group, given_up) in ctx.core.holdings.given_up() {
            let decision = ctx.core.groups.get(&group);
            if let Some(decision) = decision
                && decision.stamp <= given_up
                && !self.facts.term.is_unsettled(decision.stamp)
            {
                self.give_again(decision, &ctx.core.me.addr);
            }
        }
    }

    /// Who has given a group up that is still its own gets it by the same decision, made anew as if by hand.
    fn give_again(&mut self, decision: Decision, addr: &GatewayAddr) {
        let group = decision.group;
        if decision.coordinator == *addr
            && self.proposals.get(&group).is_none()
            && !self.revoking.is_asked(addr, &group)
            && !self.chain.in_flight().fails_over(addr)
            && !self
                .chain
                .in_flight()
                .assigned()
                .any(|assigned| *assigned == group)
        {
            self.proposals.add(group, Cause::Give(Some(addr.clone())));
        }
    }
}
