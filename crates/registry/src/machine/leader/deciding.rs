use std::collections::BTreeMap;

use groupkeeper_assignment_store::Failover;
use groupkeeper_hashing::{Candidate, Candidates, Weight};
use groupkeeper_types::{GatewayAddr, GroupName, Stamp};

use super::Leader;
use super::proposals::{Cause, Proposal};
use super::questions::found;
use crate::machine::core::Ctx;
use crate::machine::{BatchChange, CallId};
use crate::peer::Decision;

/// The most bytes of group names in one commit, so that it fits into one message of any store.
pub(super) const MAX_BYTES: usize = 1 << 20;

/// Among whom groups are given out.
struct Among {
    candidates: Candidates,
    /// How many groups each is about to get by the same commit.
    given: BTreeMap<GatewayAddr, usize>,
    /// Whether groups without a coordinator are given out already.
    new: bool,
}

impl Leader {
    /// Decides what is proposed, as far as it can be decided now and fits into one commit; the calls that
    /// wait for it.
    pub(super) fn decide(
        &mut self,
        ctx: &mut Ctx<'_>,
        stamp: Stamp,
        failover: Option<&Failover>,
        changes: &mut Vec<BatchChange>,
    ) -> Vec<(GroupName, CallId)> {
        let mut calls = Vec::new();
        if self.proposals.is_empty() {
            return calls;
        }
        let mut among = Among {
            candidates: self.facts.candidates(ctx.now),
            given: BTreeMap::new(),
            new: self.gathering.is_over(&self.facts),
        };
        if among.candidates.is_empty() && self.facts.is_alone(ctx.now) {
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
            if failover.is_some_and(|failover| self.is_taken(ctx, group, failover)) {
                continue;
            }
            match self.choose(ctx, group, proposal, &among) {
                Choice::Wait => {}
                Choice::AskAll => ask_all.push(group.clone()),
                Choice::WithTheOthers(from) => {
                    revokes.push((from, group.clone()));
                    settled.push((group.clone(), false));
                }
                Choice::Keep => settled.push((group.clone(), false)),
                Choice::Revoke(from) => revokes.push((from, group.clone())),
                Choice::Assign(coordinator) => {
                    *among.given.entry(coordinator.clone()).or_default() += 1;
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
            let stamp = ctx.core.groups.stamp(&group).unwrap_or_default();
            self.revoking.ask(&from, &group, stamp);
            self.failing_over.look = true;
        }
        for group in ask_all {
            self.ask_all_to_give_up(ctx, &group);
        }
        for (group, changed) in settled {
            if changed
                && ctx.core.groups.coordinator(&group) == Some(&ctx.core.me.addr)
                && let Some(stamp) = ctx.core.groups.stamp(&group)
            {
                // Before the commit is sent, and whoever it names: this leader takes it back by the
                // new decision, if that names it.
                ctx.give_up(&group, stamp);
            }
            for call in self.proposals.remove(&group) {
                if changed {
                    calls.push((group.clone(), call));
                } else if let Some(decision) = ctx.core.groups.get(&group) {
                    found(ctx, call, decision);
                }
            }
        }
        calls
    }

    /// What becomes of a group, given that its present coordinator must have given it up before
    /// another gets it, and that it can't keep what it has given up without a new decision.
    fn choose(
        &self,
        ctx: &Ctx<'_>,
        group: &GroupName,
        proposal: &Proposal,
        among: &Among,
    ) -> Choice {
        let Some(current) = ctx.core.groups.coordinator(group) else {
            return self.prefer(ctx, group, proposal, among);
        };
        let stamp = ctx.core.groups.stamp(group).unwrap_or_default();
        if self.facts.term.is_of_another_copy(stamp)
            && !self.is_free_of_another_copy(ctx, group, stamp)
        {
            return Choice::AskAll;
        }
        if proposal.cause == Cause::Drain && self.moves_with_the_others(ctx, group, current) {
            return Choice::WithTheOthers(current.clone());
        }
        let choice = self.prefer(ctx, group, proposal, among);
        match choice {
            Choice::Assign(next)
                if next != *current
                    && self.facts.roster.is_alive(current)
                    && !self.has_given_up(ctx, current, group) =>
            {
                Choice::Revoke(current.clone())
            }
            Choice::Keep if self.revoking.is_asked(current, group) => {
                Choice::Assign(current.clone())
            }
            choice => choice,
        }
    }

    /// Whether a living gateway's group moves by failover, once the gateway has given up all it has.
    fn moves_with_the_others(
        &self,
        ctx: &Ctx<'_>,
        group: &GroupName,
        current: &GatewayAddr,
    ) -> bool {
        let stamped = ctx.core.groups.stamp(group).unwrap_or_default() != Stamp::ZERO;
        let loses = self.facts.roster.is_alive(current) && self.facts.loses_groups(current);
        loses && stamped && self.facts.term.has_settled() && !self.has_most_failovers()
    }

    /// Whether a group moves by this failover.
    fn is_taken(&self, ctx: &Ctx<'_>, group: &GroupName, failover: &Failover) -> bool {
        let coordinator = ctx.core.groups.coordinator(group);
        let stamped = ctx.core.groups.stamp(group).unwrap_or_default() != Stamp::ZERO;
        stamped && coordinator.is_some_and(|coordinator| failover.takes_from(coordinator))
    }

    /// Whether this leader has decided about the group itself by now.
    fn has_been_settled(&self, ctx: &Ctx<'_>, group: &GroupName) -> bool {
        let epoch = self.facts.term.epoch();
        ctx.core
            .groups
            .stamp(group)
            .is_some_and(|stamp| stamp.epoch == epoch)
    }

    fn prefer(
        &self,
        ctx: &Ctx<'_>,
        group: &GroupName,
        proposal: &Proposal,
        among: &Among,
    ) -> Choice {
        let candidates = &among.candidates;
        let current = ctx.core.groups.coordinator(group);
        let alive = current.is_some_and(|current| self.facts.roster.is_alive(current));
        let placement = ctx.core.config.placement.placement();
        let cap = among.most_each(ctx);
        let place = |eligible: &mut dyn FnMut(&Candidate) -> bool| {
            let within = &mut |candidate: &Candidate| {
                cap.is_none_or(|most| among.load(ctx, &candidate.addr) < most)
                    && eligible(candidate)
            };
            let placed = placement.place_if(group, candidates, within);
            // Where every one is full, it goes where it would without a cap.
            let placed = placed.or_else(|| placement.place_if(group, candidates, eligible));
            placed.map_or(Choice::Wait, |candidate| {
                Choice::Assign(candidate.addr.clone())
            })
        };
        match (&proposal.cause, current) {
            (Cause::Settle, Some(_)) if alive && self.has_been_settled(ctx, group) => Choice::Keep,
            (Cause::Settle, Some(current)) => Choice::Assign(current.clone()),
            // It came back, or another question was quicker.
            (Cause::New | Cause::Orphan, Some(_)) if alive => Choice::Keep,
            (Cause::New, None) if !among.new => Choice::Wait,
            // Who knows whether it is gone: the stored gateways have not been read.
            (Cause::Orphan, _) if !self.facts.stored.is_known() => Choice::Wait,
            (Cause::Drain, Some(current)) if !self.facts.loses_groups(current) && alive => {
                Choice::Keep
            }
            (Cause::Give(Some(to)), _) if has(candidates, to) => Choice::Assign(to.clone()),
            (Cause::Give(None), Some(current)) if !is_only(candidates, current) => {
                place(&mut |candidate| candidate.addr != *current)
            }
            // The wanted gateway has gone meanwhile, or there is no other.
            (Cause::Give(_), Some(current)) if alive && !self.facts.loses_groups(current) => {
                Choice::Keep
            }
            _ => place(&mut |_| true),
        }
    }
}

impl Among {
    /// The most groups that one gateway may have, where there is a cap, this one included.
    fn most_each(&self, ctx: &Ctx<'_>) -> Option<usize> {
        let cap = ctx.core.config.load_cap?;
        let given: usize = self.given.values().sum();
        let groups = u64::try_from(ctx.core.groups.len() + given + 1).unwrap_or(u64::MAX);
        let most = cap.most(groups, Weight::ONE, self.candidates.total_weight());
        Some(usize::try_from(most).unwrap_or(usize::MAX))
    }

    fn load(&self, ctx: &Ctx<'_>, addr: &GatewayAddr) -> usize {
        let given = self.given.get(addr).copied().unwrap_or(0);
        ctx.core.groups.count(addr) + given
    }
}

/// Whether this gateway is a candidate.
pub(super) fn has(candidates: &Candidates, addr: &GatewayAddr) -> bool {
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

enum Choice {
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
