//! Who has to give a group up before another gets it, and who has.

use std::collections::BTreeSet;

use groupkeeper_types::{GatewayAddr, GroupName, Stamp};

use super::{Cause, Planner};
use crate::machine::core::Ctx;
use crate::machine::leader::facts::Facts;
use crate::machine::leader::in_flight::InFlight;
use crate::peer::Decision;

impl Planner {
    /// A gateway has acted on every revoke up to this number.
    pub(in crate::machine::leader) fn hear(
        &mut self,
        facts: &Facts,
        gateway: &GatewayAddr,
        number: u64,
    ) {
        self.revoking.hear(gateway, number);
        if facts.roster.is_draining(gateway) {
            self.look_again();
        }
    }

    /// A gateway is gone, and whatever it held with it.
    pub(in crate::machine::leader) fn gone(&mut self, gateway: &GatewayAddr) {
        self.revoking.gone(gateway);
    }

    /// Another process answers for this gateway: what the one before it gave up, it has not.
    pub(in crate::machine::leader) fn start_over(
        &mut self,
        ctx: &Ctx<'_>,
        facts: &Facts,
        gateway: &GatewayAddr,
    ) {
        let groups = &ctx.core.known.groups;
        // Of a group that is nobody's, as far as is known, any decision until now is revoked.
        let newest = facts.term.record().stamp();
        let stamp = |group: &GroupName| groups.stamp(group).unwrap_or(newest);
        self.revoking.start_over(gateway, stamp);
        // They were to move with all the others; this process may keep them.
        for group in self.revoking.asked_of(gateway) {
            if groups.coordinator(&group).is_some() {
                self.proposals.add(group, Cause::Drain);
            }
        }
    }

    /// A gateway whose lease was over is back, while a commit is under way that takes groups from it:
    /// it must not act for those under its next lease.
    pub(in crate::machine::leader) fn revoke_in_flight(
        &mut self,
        ctx: &Ctx<'_>,
        in_flight: InFlight<'_>,
        addr: &GatewayAddr,
    ) {
        for group in in_flight.assigned() {
            if ctx.core.known.groups.coordinator(group) == Some(addr)
                && let Some(stamp) = ctx.core.known.groups.stamp(group)
            {
                self.revoking.ask(addr, group, stamp);
            }
        }
    }

    /// Whether a living gateway has given a group up, and so has every process at its address.
    pub(super) fn has_given_up(
        &self,
        ctx: &Ctx<'_>,
        facts: &Facts,
        addr: &GatewayAddr,
        group: &GroupName,
    ) -> bool {
        facts.gives_up_at_once(&ctx.core.me.addr, addr)
            || (facts.roster.is_settled(addr) && self.revoking.is_heard(addr, group))
    }

    /// The same for every group that it has.
    pub(super) fn has_given_all_up(
        &self,
        ctx: &Ctx<'_>,
        facts: &Facts,
        addr: &GatewayAddr,
    ) -> bool {
        // What it was asked for besides is not among its own.
        let count = ctx.core.known.groups.count(addr) + self.revoking.count_besides(addr);
        facts.gives_up_at_once(&ctx.core.me.addr, addr)
            || (facts.roster.is_settled(addr) && self.revoking.is_all_heard(addr, count))
    }

    /// Whether nobody can be acting for a group any more, whoever decided about it: every gateway has been
    /// asked to give it up, and has, or is gone.
    fn is_given_up_by_all(&self, ctx: &Ctx<'_>, facts: &Facts, group: &GroupName) -> bool {
        let mut alive = facts.roster.healthy(ctx.now);
        alive.all(|member| self.has_given_up(ctx, facts, &member.addr, group))
    }

    /// Whether nobody acts any more for a group that was decided about on another copy of the store. What that
    /// copy did with the stored set may have come here too: gateways that are not known hold what they hold
    /// until their leases are over. Who was at half a commit has dismissed nobody that this history has let in
    /// since.
    pub(super) fn is_free_of_another_copy(
        &self,
        ctx: &Ctx<'_>,
        facts: &Facts,
        group: &GroupName,
        stamp: Stamp,
    ) -> bool {
        (facts.term.grace_over() || facts.term.is_half(stamp))
            && self.is_given_up_by_all(ctx, facts, group)
    }

    /// Asks every gateway to give a group up.
    pub(super) fn ask_all_to_give_up(
        &mut self,
        ctx: &mut Ctx<'_>,
        facts: &Facts,
        group: &GroupName,
    ) {
        let newest = facts.term.record().stamp();
        let alive = facts.roster.healthy(ctx.now).map(|member| &member.addr);
        let others = alive.filter(|addr| **addr != ctx.core.me.addr);
        self.revoking.ask_all(others, group, newest);
        ctx.give_up(group, newest);
    }

    /// A coordinator for a group of which nothing can be read, once every gateway that may be acting
    /// has given it up.
    pub(in crate::machine::leader) fn decide_lost(
        &mut self,
        ctx: &mut Ctx<'_>,
        facts: &Facts,
        group: &GroupName,
        stamp: Stamp,
    ) -> Option<Decision> {
        let candidates = facts.candidates(ctx.now);
        let placement = ctx.core.config.placement.placement();
        let chosen = placement.place_if(group, &candidates, &mut |_| true)?;
        self.ask_all_to_give_up(ctx, facts, group);
        if !self.is_given_up_by_all(ctx, facts, group) {
            return None;
        }
        let coordinator = chosen.addr.clone();
        Some(Decision {
            group: group.clone(),
            coordinator,
            stamp,
        })
    }

    /// This group need no longer be given up by everybody.
    pub(in crate::machine::leader) fn end_asking_all(&mut self, group: &GroupName) {
        self.revoking.end_asking_all(group);
    }

    /// Of all groups that everybody was asked to give up, only these need be still.
    pub(in crate::machine::leader) fn ask_all_only_for(&mut self, groups: &BTreeSet<GroupName>) {
        let ended = |group: &&GroupName| !groups.contains(*group);
        let ended: Vec<GroupName> = self
            .revoking
            .asked_of_all()
            .filter(ended)
            .cloned()
            .collect();
        for group in ended {
            self.revoking.end_asking_all(&group);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folding::Folding;
    use crate::machine::leader::facts::tests::{facts, join};
    use crate::machine::testing::{Bench, addr, group, stamp};

    #[test]
    fn a_lost_group_is_decided_when_everybody_has_given_it_up() {
        let mut bench = Bench::new();
        let mut facts = facts(&mut bench, &["a", "b"]);
        join(&mut bench, &mut facts, "a");
        join(&mut bench, &mut facts, "b");
        let mut planner = Planner::new(Folding::default(), bench.now);
        let decide = |planner: &mut Planner, bench: &mut Bench| {
            planner.decide_lost(&mut bench.ctx(), &facts, &group("g"), stamp(1, 9))
        };
        assert_eq!(decide(&mut planner, &mut bench), None);
        for name in ["a", "b"] {
            assert_eq!(planner.to_tell(&addr(name)).number, 1);
            assert_eq!(decide(&mut planner, &mut bench), None);
            planner.hear(&facts, &addr(name), 1);
        }
        let decided = decide(&mut planner, &mut bench).unwrap();
        assert_eq!(decided.group, group("g"));
        planner.ask_all_only_for(&BTreeSet::from([group("g")]));
        assert!(planner.revoking.is_asked(&addr("a"), &group("g")));
        planner.ask_all_only_for(&BTreeSet::new());
        assert!(!planner.revoking.is_asked(&addr("a"), &group("g")));
    }
}
