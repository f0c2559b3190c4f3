use groupkeeper_assignment_store::Commit;
use groupkeeper_hashing::{Candidate, Candidates, Weight};
use groupkeeper_membership::Member;
use groupkeeper_types::{GatewayAddr, GroupName, Moment, Stamp};

use super::Leader;
use super::proposals::{Cause, Proposal};
use super::questions::found;
use crate::machine::core::Ctx;
use crate::machine::{BatchChange, CallId};
use crate::peer::Decision;

impl Leader {
    /// The gateways that may be given groups.
    pub(super) fn candidates(&self, now: Moment) -> Candidates {
        let stored = |member: &&Member| {
            self.stored
                .get(&member.addr)
                .map(|record| record.incarnation)
                == member.incarnation()
                && !self.leaving.contains_key(&member.addr)
        };
        let candidate = |member: &Member| Candidate {
            addr: member.addr.clone(),
            weight: Weight::ONE,
        };
        Candidates::new(self.members.placeable(now).filter(stored).map(candidate))
            .expect("members are kept by address, so none stands twice")
    }

    /// Decides what is proposed, as far as it can be decided now and fits into one commit.
    pub(super) fn decide(
        &mut self,
        ctx: &mut Ctx<'_>,
        stamp: Stamp,
        changes: &mut Vec<BatchChange>,
    ) -> Vec<(GroupName, CallId)> {
        if self.proposals.is_empty() {
            return Vec::new();
        }
        let candidates = self.candidates(ctx.now);
        if candidates.is_empty() && self.leaving.contains_key(&ctx.core.me.addr) {
            for call in self.proposals.take_calls() {
                ctx.not_available(call, "no healthy gateway is left to take the group");
            }
            return Vec::new();
        }
        let mut settled = Vec::new();
        for (group, proposal) in self.proposals.iter() {
            if changes.len() >= Commit::MAX_CHANGES {
                break;
            }
            match self.choose(ctx, group, proposal, &candidates) {
                Choice::Wait => {}
                Choice::Keep => settled.push((group.clone(), false)),
                Choice::Assign(coordinator) => {
                    let group = group.clone();
                    settled.push((group.clone(), true));
                    changes.push(BatchChange::Assign(Decision {
                        group,
                        coordinator,
                        stamp,
                    }));
                }
            }
        }
        let mut calls = Vec::new();
        for (group, changed) in settled {
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

    fn choose(
        &self,
        ctx: &Ctx<'_>,
        group: &GroupName,
        proposal: &Proposal,
        candidates: &Candidates,
    ) -> Choice {
        let current = ctx.core.groups.coordinator(group);
        let alive = current.is_some_and(|current| self.is_alive(current));
        let placement = ctx.core.config.placement.placement();
        let place = |eligible: &mut dyn FnMut(&Candidate) -> bool| {
            let placed = placement.place_if(group, candidates, eligible);
            placed.map_or(Choice::Wait, |candidate| {
                Choice::Assign(candidate.addr.clone())
            })
        };
        match (&proposal.cause, current) {
            (Cause::Settle, Some(current)) => Choice::Assign(current.clone()),
            // It came back, or another question was quicker.
            (Cause::New | Cause::Orphan, Some(_)) if alive => Choice::Keep,
            (Cause::New, None) if !self.may_give_out(ctx) => Choice::Wait,
            (Cause::Drain, Some(current)) if !self.leaving.contains_key(current) && alive => {
                Choice::Keep
            }
            (Cause::Give(Some(to)), _) if has(candidates, to) => Choice::Assign(to.clone()),
            (Cause::Give(None), Some(current)) if !is_only(candidates, current) => {
                place(&mut |candidate| candidate.addr != *current)
            }
            // The wanted gateway has gone meanwhile, or there is no other.
            (Cause::Give(_), Some(_)) if alive => Choice::Keep,
            _ => place(&mut |_| true),
        }
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
    /// Not yet.
    Wait,
    /// The present coordinator stays.
    Keep,
    /// This one takes it.
    Assign(GatewayAddr),
}
