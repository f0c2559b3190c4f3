//! Groups that a gateway has given up and that nobody else got: it gets them back.

use groupkeeper_types::GatewayAddr;

use super::{Cause, Planner};
use crate::machine::core::{Ctx, Stopping};
use crate::machine::leader::facts::Facts;
use crate::machine::leader::in_flight::InFlight;
use crate::peer::{Changes, Decision, Heartbeat};

impl Planner {
    /// A gateway has given groups up that nobody moved in the end, or about whose move it has not
    /// heard: the one is decided anew, of the other it is told.
    pub(in crate::machine::leader) fn take_back(
        &mut self,
        ctx: &Ctx<'_>,
        facts: &Facts,
        in_flight: InFlight<'_>,
        heartbeat: &Heartbeat,
        changes: &mut Changes,
    ) {
        let addr = &heartbeat.gateway.addr;
        for (group, given_up) in heartbeat.given_up.iter().take(Heartbeat::MAX_GIVEN_UP) {
            let Some(decision) = ctx.core.known.groups.get(group) else {
                continue;
            };
            if facts.term.is_unsettled(decision.stamp) {
                // It may be half of a commit: it is decided again, and told of then.
                continue;
            }
            if decision.stamp > *given_up {
                if let Changes::Since(news) = changes {
                    news.push(decision.into());
                }
            } else {
                self.give_again(in_flight, decision, addr);
            }
        }
    }

    /// The same of what this gateway gave up when another one led.
    pub(in crate::machine::leader) fn take_own_back(
        &mut self,
        ctx: &mut Ctx<'_>,
        facts: &Facts,
        in_flight: InFlight<'_>,
    ) {
        if ctx.core.presence.stopping != Stopping::No {
            return;
        }
        for (group, given_up) in ctx.core.known.holdings.given_up() {
            let decision = ctx.core.known.groups.get(&group);
            if let Some(decision) = decision
                && decision.stamp <= given_up
                && !facts.term.is_unsettled(decision.stamp)
            {
                self.give_again(in_flight, decision, &ctx.core.me.addr);
            }
        }
    }

    /// Who has given a group up that is still its own gets it by the same decision, made anew as if by hand.
    fn give_again(&mut self, in_flight: InFlight<'_>, decision: Decision, addr: &GatewayAddr) {
        let group = decision.group;
        if decision.coordinator == *addr
            && !self.is_proposed(&group)
            && !self.revoking.is_asked(addr, &group)
            && !in_flight.fails_over(addr)
            && !in_flight.assigns(&group)
        {
            self.propose(group, Cause::Give(Some(addr.clone())));
        }
    }
}
