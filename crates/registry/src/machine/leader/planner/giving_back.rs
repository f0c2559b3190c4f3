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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folding::Folding;
    use crate::machine::leader::facts::tests::{facts, join};
    use crate::machine::testing::{Bench, addr, decision, group, heartbeat, stamp};

    #[test]
    fn what_nobody_moved_is_decided_anew_and_what_somebody_did_is_told() {
        let mut bench = Bench::new();
        let mut facts = facts(&mut bench, &["a"]);
        join(&mut bench, &mut facts, "a");
        let mut planner = Planner::new(Folding::default(), bench.now);
        let (kept, moved) = (
            decision("kept", "a", stamp(1, 3)),
            decision("moved", "b", stamp(1, 5)),
        );
        for known in [&kept, &moved] {
            bench.core.known.groups.insert(known);
        }
        let heartbeat = Heartbeat {
            given_up: vec![
                (group("kept"), stamp(1, 3)),
                (group("moved"), stamp(1, 3)),
                (group("unknown"), stamp(1, 3)),
            ],
            ..heartbeat("a", 1)
        };
        let (ctx, mut changes) = (bench.ctx(), Changes::Since(Vec::new()));
        let nothing = InFlight::new(None);
        planner.take_back(&ctx, &facts, nothing, &heartbeat, &mut changes);
        assert_eq!(changes, Changes::Since(vec![moved.into()]));
        let give = Cause::Give(Some(addr("a")));
        assert_eq!(planner.cause(&group("kept")), Some(&give));
        assert!(!planner.is_proposed(&group("moved")));
    }
}
