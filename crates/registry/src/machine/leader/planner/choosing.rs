//! What becomes of one group that is proposed.

use std::collections::BTreeMap;

use groupkeeper_hashing::{Candidate, Candidates, Weight};
use groupkeeper_types::{GatewayAddr, GroupName, Stamp};

use super::Planner;
use super::proposals::{Cause, Proposal};
use crate::machine::core::Ctx;
use crate::machine::leader::facts::Facts;

/// What becomes of a group.
pub(super) enum Choice {
    /// Everybody must give it up first.
    AskAll,
    /// This one must give it up first.
    Revoke(GatewayAddr),
    /// This one must give up all it has first.
    WithTheOthers(GatewayAddr),
    /// Not yet.
    Wait,
    /// The present coordinator stays.
    Keep,
    /// This one takes it.
    Assign(GatewayAddr),
}

/// Among whom groups are given out.
pub(super) struct Among {
    candidates: Candidates,
    /// How many groups each is about to get by the same commit.
    given: BTreeMap<GatewayAddr, usize>,
    /// Whether groups without a coordinator are given out already.
    new: bool,
}

impl Planner {
    /// What becomes of a group, given that its present coordinator must have given it up before
    /// another gets it, and that it can't keep what it has given up without a new decision.
    pub(super) fn choose(
        &self,
        ctx: &Ctx<'_>,
        facts: &Facts,
        group: &GroupName,
        proposal: &Proposal,
        among: &Among,
    ) -> Choice {
        let Some(current) = ctx.core.known.groups.coordinator(group) else {
            return prefer(ctx, facts, group, proposal, among);
        };
        let stamp = ctx.core.known.groups.stamp(group).unwrap_or_default();
        if facts.term.is_of_another_copy(stamp)
            && !self.is_free_of_another_copy(ctx, facts, group, stamp)
        {
            return Choice::AskAll;
        }
        if proposal.cause == Cause::Drain && moves_with_the_others(ctx, facts, group, current) {
            return Choice::WithTheOthers(current.clone());
        }
        let choice = prefer(ctx, facts, group, proposal, among);
        match choice {
            Choice::Assign(next)
                if next != *current
                    && facts.roster.is_alive(current)
                    && !self.has_given_up(ctx, facts, current, group) =>
            {
                Choice::Revoke(current.clone())
            }
            Choice::Keep if self.revoking.is_asked(current, group) => {
                Choice::Assign(current.clone())
            }
            choice => choice,
        }
    }
}

impl Among {
    pub(super) fn new(candidates: Candidates, new: bool) -> Self {
        Self {
            candidates,
            given: BTreeMap::new(),
            new,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.candidates.is_empty()
    }

    /// This one gets a group by the same commit.
    pub(super) fn give(&mut self, coordinator: &GatewayAddr) {
        *self.given.entry(coordinator.clone()).or_default() += 1;
    }

    /// The most groups that one gateway may have, where there is a cap, this one included.
    fn most_each(&self, ctx: &Ctx<'_>) -> Option<usize> {
        let cap = ctx.core.config.load_cap?;
        let given: usize = self.given.values().sum();
        let groups = u64::try_from(ctx.core.known.groups.len() + given + 1).unwrap_or(u64::MAX);
        let most = cap.most(groups, Weight::ONE, self.candidates.total_weight());
        Some(usize::try_from(most).unwrap_or(usize::MAX))
    }

    fn load(&self, ctx: &Ctx<'_>, addr: &GatewayAddr) -> usize {
        let given = self.given.get(addr).copied().unwrap_or(0);
        ctx.core.known.groups.count(addr) + given
    }
}

/// The same, whatever has been given up.
fn prefer(
    ctx: &Ctx<'_>,
    facts: &Facts,
    group: &GroupName,
    proposal: &Proposal,
    among: &Among,
) -> Choice {
    let candidates = &among.candidates;
    let current = ctx.core.known.groups.coordinator(group);
    let alive = current.is_some_and(|current| facts.roster.is_alive(current));
    let placement = ctx.core.config.placement.placement();
    let cap = among.most_each(ctx);
    let place = |eligible: &mut dyn FnMut(&Candidate) -> bool| {
        let within = &mut |candidate: &Candidate| {
            cap.is_none_or(|most| among.load(ctx, &candidate.addr) < most) && eligible(candidate)
        };
        let placed = placement.place_if(group, candidates, within);
        // Where every one is full, it goes where it would without a cap.
        let placed = placed.or_else(|| placement.place_if(group, candidates, eligible));
        placed.map_or(Choice::Wait, |candidate| {
            Choice::Assign(candidate.addr.clone())
        })
    };
    match (&proposal.cause, current) {
        (Cause::Settle, Some(_)) if alive && has_been_settled(ctx, facts, group) => Choice::Keep,
        (Cause::Settle, Some(current)) => Choice::Assign(current.clone()),
        // It came back, or another question was quicker.
        (Cause::New | Cause::Orphan, Some(_)) if alive => Choice::Keep,
        (Cause::New, None) if !among.new => Choice::Wait,
        // Who knows whether it is gone: the stored gateways have not been read.
        (Cause::Orphan, _) if !facts.stored.is_known() => Choice::Wait,
        (Cause::Drain, Some(current)) if !facts.loses_groups(current) && alive => Choice::Keep,
        (Cause::Give(Some(to)), _) if has(candidates, to) => Choice::Assign(to.clone()),
        (Cause::Give(None), Some(current)) if !is_only(candidates, current) => {
            place(&mut |candidate| candidate.addr != *current)
        }
        // The wanted gateway has gone meanwhile, or there is no other.
        (Cause::Give(_), Some(current)) if alive && !facts.loses_groups(current) => Choice::Keep,
        _ => place(&mut |_| true),
    }
}

/// Whether a living gateway's group moves by failover, once the gateway has given up all it has.
fn moves_with_the_others(
    ctx: &Ctx<'_>,
    facts: &Facts,
    group: &GroupName,
    current: &GatewayAddr,
) -> bool {
    let stamped = ctx.core.known.groups.stamp(group).unwrap_or_default() != Stamp::ZERO;
    let loses = facts.roster.is_alive(current) && facts.loses_groups(current);
    loses && stamped && facts.term.has_settled() && !facts.term.has_most_failovers()
}

/// Whether this leader has decided about the group itself by now.
fn has_been_settled(ctx: &Ctx<'_>, facts: &Facts, group: &GroupName) -> bool {
    let epoch = facts.term.epoch();
    ctx.core
        .known
        .groups
        .stamp(group)
        .is_some_and(|stamp| stamp.epoch == epoch)
}

/// Whether this gateway is a candidate.
fn has(candidates: &Candidates, addr: &GatewayAddr) -> bool {
    candidates
        .as_slice()
        .binary_search_by(|candidate| candidate.addr.cmp(addr))
        .is_ok()
}

fn is_only(candidates: &Candidates, addr: &GatewayAddr) -> bool {
    candidates
        .as_slice()
        .iter()
        .all(|candidate| candidate.addr == *addr)
}
