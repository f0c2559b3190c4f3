//! Which gateways lose all their groups at once, and among whom those are spread.

use std::num::NonZeroU32;
use std::sync::Arc;

use groupkeeper_assignment_store::Failover;
use groupkeeper_types::{GatewayAddr, Stamp};

use super::Planner;
use crate::machine::core::Ctx;
use crate::machine::leader::facts::Facts;

/// The most gateways that take over from those gone: enough to spread the load, and few enough
/// for a record that is written with every commit.
const MAX_AMONG: usize = 256;

impl Planner {
    /// The failover that is due with the commit of this stamp.
    ///
    /// Only when everything stored is known and settled: what every gateway makes of its cache is then
    /// what this leader makes of the truth.
    pub(super) fn fail_over(
        &mut self,
        ctx: &mut Ctx<'_>,
        facts: &Facts,
        stamp: Stamp,
    ) -> Option<Arc<Failover>> {
        let settled = facts.term.has_settled() && !self.proposals.has_settling();
        if !self.failing_over.looks() || !settled || facts.term.has_most_failovers() {
            return None;
        }
        let gone = self.losers(ctx, facts);
        if gone.is_empty() {
            self.failing_over.has_looked();
            return None;
        }
        let among = takers(ctx, facts);
        if among.is_empty() {
            return None;
        }
        self.failing_over.has_looked();
        let moved: usize = gone
            .iter()
            .map(|addr| ctx.core.known.groups.count(addr))
            .sum();
        let rule = ctx.core.config.placement.placement().rule();
        let among = weigh(among, moved);
        match Failover::new(stamp, gone, rule, among) {
            Ok(failover) => {
                let me = ctx.core.me.addr.clone();
                if failover.takes_from(&me) {
                    // Before the commit is sent.
                    give_own_up(ctx, &me);
                }
                Some(Arc::new(failover))
            }
            Err(error) => {
                ctx.problem(format!("groups can't be moved all at once: {error}"));
                None
            }
        }
    }

    /// The gateways whose groups can all move now, as many as one failover names: their leases are over,
    /// and they have not left them for their return; or they are to lose their groups and have given each
    /// of them up.
    fn losers(&self, ctx: &Ctx<'_>, facts: &Facts) -> Vec<GatewayAddr> {
        // Both are in order of their addresses: after every commit all are looked at, and nobody searched.
        let mut members = facts.roster.iter().peekable();
        let can_lose_all = |addr: &&GatewayAddr| {
            while members.next_if(|member| member.addr < **addr).is_some() {}
            let Some(member) = members.next_if(|member| member.addr == **addr) else {
                return !facts.departures.keeps_groups(addr);
            };
            let loses = member.draining || facts.departures.leaves_groups(addr);
            loses && self.has_given_all_up(ctx, facts, addr)
        };
        let mut bytes = 0;
        let fits = |addr: &&GatewayAddr| {
            bytes += addr.as_str().len();
            bytes <= Failover::MAX_BYTES
        };
        let coordinators = ctx.core.known.groups.coordinators();
        let losers = coordinators.filter(can_lose_all).take_while(fits);
        losers.cloned().collect()
    }
}

/// The gateways that are best off, with how many groups each has.
fn takers(ctx: &Ctx<'_>, facts: &Facts) -> Vec<(GatewayAddr, usize)> {
    let candidates = facts.candidates(ctx.now);
    let load = |addr: &GatewayAddr| (addr.clone(), ctx.core.known.groups.count(addr));
    let mut takers: Vec<_> = candidates
        .as_slice()
        .iter()
        .map(|c| load(&c.addr))
        .collect();
    takers.sort_by_key(|(_, load)| *load);
    takers.truncate(MAX_AMONG);
    let mut bytes = 0;
    takers.retain(|(addr, _)| {
        bytes += addr.as_str().len();
        bytes <= Failover::MAX_BYTES
    });
    takers
}

/// Before a commit is sent that takes them.
fn give_own_up(ctx: &mut Ctx<'_>, me: &GatewayAddr) {
    for group in ctx.core.known.groups.of(me) {
        if let Some(stamp) = ctx.core.known.groups.stamp(&group) {
            ctx.give_up(&group, stamp);
        }
    }
}

/// Weights by which everybody ends up with as many groups as the others, as nearly as can be.
fn weigh(among: Vec<(GatewayAddr, usize)>, moved: usize) -> Vec<(GatewayAddr, NonZeroU32)> {
    let all: usize = moved + among.iter().map(|(_, load)| load).sum::<usize>();
    let fair = all.div_ceil(among.len().max(1));
    let weight = |load: usize| {
        let lacks = u32::try_from(fair.saturating_sub(load)).unwrap_or(u32::MAX);
        NonZeroU32::new(lacks).unwrap_or(NonZeroU32::MIN)
    };
    among
        .into_iter()
        .map(|(addr, load)| (addr, weight(load)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weighs_by_what_each_lacks() {
        let addr = |name: &str| GatewayAddr::new(&format!("{name}:1")).unwrap();
        let weights = weigh(vec![(addr("a"), 10), (addr("b"), 0), (addr("c"), 50)], 30);
        let weights: Vec<u32> = weights.iter().map(|(_, weight)| weight.get()).collect();
        assert_eq!(weights, [20, 30, 1]);
    }
}
