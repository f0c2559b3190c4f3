use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;
use std::sync::Arc;

use groupkeeper_assignment_store::{Failover, Failovers};
use groupkeeper_types::{GatewayAddr, GroupName, Stamp};

use super::Leader;
use super::proposals::Cause;
use crate::folding::Folding;
use crate::machine::core::Ctx;
use crate::machine::groups::Moved;
use crate::machine::{BatchChange, Effect};
use crate::peer::{Decision, News};

/// The failovers under way: all groups of a gateway move with one commit, and their assignments are
/// rewritten behind it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct FailingOver {
    folding: Folding,
    /// Groups whose assignments are to be rewritten, by the oldest failover that stands between what
    /// is stored and what was decided.
    behind: BTreeMap<Stamp, BTreeSet<GroupName>>,
    /// Whether some gateway may have to lose its groups now.
    pub(super) look: bool,
}

impl FailingOver {
    /// The most gateways that take over from those gone: enough to spread the load, and few enough
    /// for a record that is written with every commit.
    const MAX_AMONG: usize = 256;

    /// The most assignments rewritten by a commit that somebody waits for.
    const BESIDE: usize = 200;

    pub(super) fn new(folding: Folding) -> Self {
        Self {
            folding,
            behind: BTreeMap::new(),
            look: true,
        }
    }

    /// How many assignments are known to be behind, and in no commit yet.
    pub(super) fn behind(&self) -> usize {
        self.behind.values().map(BTreeSet::len).sum()
    }

    /// What a stored assignment has become. It is noted as one to be rewritten, unless something newer
    /// than that is `known`: whoever decided that has rewritten it.
    pub(super) fn fold(&mut self, stored: Decision, known: Option<Stamp>) -> Decision {
        let Some(first) = self.folding.first_moved_by(&stored) else {
            return stored;
        };
        let folded = self.folding.fold(stored);
        if known.is_none_or(|known| known <= folded.stamp) {
            self.fall_behind(first, &folded.group);
        }
        folded
    }

    fn fall_behind(&mut self, failover: Stamp, group: &GroupName) {
        let noted = self.behind.values().any(|groups| groups.contains(group));
        if !noted {
            let groups = self.behind.entry(failover).or_default();
            groups.insert(group.clone());
        }
    }

    /// The same of many groups, in order of their names.
    fn all_fall_behind(&mut self, failover: Stamp, groups: Vec<GroupName>) {
        if self.behind.is_empty() && !groups.is_empty() {
            // Built at once: each by itself is searched for its place.
            self.behind.insert(failover, groups.into_iter().collect());
            return;
        }
        for group in &groups {
            self.fall_behind(failover, group);
        }
    }

    /// Takes the next group whose assignment is to be rewritten, the oldest failover's first.
    fn next_behind(&mut self) -> Option<GroupName> {
        let mut oldest = self.behind.first_entry()?;
        let group = oldest.get_mut().pop_first();
        if oldest.get().is_empty() {
            oldest.remove();
        }
        group
    }
}

impl Leader {
    /// The failover that is due with the commit of this stamp.
    ///
    /// Only when everything stored is known and settled: what every gateway makes of its cache is then
    /// what this leader makes of the truth.
    pub(super) fn fail_over(&mut self, ctx: &mut Ctx<'_>, stamp: Stamp) -> Option<Arc<Failover>> {
        let settled = self.facts.term.has_settled() && !self.proposals.has_settling();
        if !self.failing_over.look || !settled || self.has_most_failovers() {
            return None;
        }
        let gone = self.losers(ctx);
        if gone.is_empty() {
            self.failing_over.look = false;
            return None;
        }
        let among = self.takers(ctx);
        if among.is_empty() {
            return None;
        }
        self.failing_over.look = false;
        let moved: usize = gone.iter().map(|addr| ctx.core.groups.count(addr)).sum();
        let rule = ctx.core.config.placement.placement().rule();
        let among = weigh(among, moved);
        match Failover::new(stamp, gone, rule, among) {
            Ok(failover) => {
                let me = ctx.core.me.addr.clone();
                if failover.takes_from(&me) {
                    // Before the commit is sent.
                    self.give_own_up(ctx, &me);
                }
                Some(Arc::new(failover))
            }
            Err(error) => {
                ctx.problem(format!("groups can't be moved all at once: {error}"));
                None
            }
        }
    }

    /// Whether there is no room for another failover in the record.
    pub(super) fn has_most_failovers(&self) -> bool {
        self.facts.term.record().failovers.len() >= Failovers::MAX
    }

    /// The gateways whose groups can all move now, as many as one failover names: their leases are over,
    /// and they have not left them for their return; or they are to lose their groups and have given each
    /// of them up.
    fn losers(&self, ctx: &Ctx<'_>) -> Vec<GatewayAddr> {
        // Both are in order of their addresses: after every commit all are looked at, and nobody searched.
        let mut members = self.facts.roster.iter().peekable();
        let can_lose_all = |addr: &&GatewayAddr| {
            while members.next_if(|member| member.addr < **addr).is_some() {}
            let Some(member) = members.next_if(|member| member.addr == **addr) else {
                return !self.facts.departures.keeps_groups(*addr);
            };
            let loses = member.draining || self.facts.departures.leaves_groups(addr);
            loses && self.has_given_all_up(ctx, addr)
        };
        let mut bytes = 0;
        let fits = |addr: &&GatewayAddr| {
            bytes += addr.as_str().len();
            bytes <= Failover::MAX_BYTES
        };
        let coordinators = ctx.core.groups.coordinators();
        let losers = coordinators.filter(can_lose_all).take_while(fits);
        losers.cloned().collect()
    }

    /// The gateways that are best off, with how many groups each has.
    fn takers(&self, ctx: &Ctx<'_>) -> Vec<(GatewayAddr, usize)> {
        let candidates = self.facts.candidates(ctx.now);
        let load = |addr: &GatewayAddr| (addr.clone(), ctx.core.groups.count(addr));
        let mut takers: Vec<_> = candidates
            .as_slice()
            .iter()
            .map(|c| load(&c.addr))
            .collect();
        takers.sort_by_key(|(_, load)| *load);
        takers.truncate(FailingOver::MAX_AMONG);
        let mut bytes = 0;
        takers.retain(|(addr, _)| {
            bytes += addr.as_str().len();
            bytes <= Failover::MAX_BYTES
        });
        takers
    }

    fn give_own_up(&self, ctx: &mut Ctx<'_>, me: &GatewayAddr) {
        for group in ctx.core.groups.of(me) {
            if let Some(stamp) = ctx.core.groups.stamp(&group) {
                ctx.give_up(&group, stamp);
            }
        }
    }

    /// Adds assignments that are behind to a commit, as many as there is room for, and says how many.
    pub(super) fn rewrite(
        &mut self,
        ctx: &Ctx<'_>,
        somebody_waits: bool,
        changes: &mut Vec<BatchChange>,
    ) -> usize {
        if !self.facts.term.has_settled() {
            return 0;
        }
        let room = ctx.core.pace.most().saturating_sub(changes.len());
        let most = if somebody_waits {
            room.min(FailingOver::BESIDE)
        } else {
            room
        };
        let decided: BTreeSet<GroupName> = changes
            .iter()
            .filter_map(|change| match change {
                BatchChange::Assign(decision) => Some(decision.group.clone()),
                _ => None,
            })
            .collect();
        let (mut taken, mut bytes) = (0, 0);
        while taken < most && bytes < super::deciding::MAX_BYTES {
            let Some(group) = self.failing_over.next_behind() else {
                break;
            };
            // Decided about since, or now: then it is rewritten by that.
            if let Some(decision) = ctx.core.groups.get(&group)
                && self.failing_over.folding.made(decision.stamp)
                && !decided.contains(&group)
            {
                taken += 1;
                bytes += group.as_str().len();
                changes.push(BatchChange::Rewrite(decision));
            }
        }
        taken
    }

    /// The store did not take this assignment after all.
    pub(super) fn not_rewritten(&mut self, group: &GroupName) {
        if let Some(oldest) = self.facts.term.record().failovers.as_slice().first() {
            let oldest = oldest.stamp();
            self.failing_over.fall_behind(oldest, group);
        }
    }

    /// The failovers that are left once a commit is whole that has all changes taken from those behind,
    /// and this new one. They go in their order, since each counts on those before it.
    pub(super) fn failovers_after(&self, new: Option<Arc<Failover>>) -> Failovers {
        let standing = self.facts.term.record().failovers.as_slice();
        let through = |failover: &&Arc<Failover>| {
            self.facts.term.has_settled()
                && !self.failing_over.behind.contains_key(&failover.stamp())
        };
        let done = standing.iter().take_while(through).count();
        let left = standing[done..].iter().cloned().chain(new).collect();
        Failovers::new(left).expect("one more than before, where there was room for it")
    }

    /// The record has other failovers than before: the newest, if it is this commit's, takes effect.
    pub(super) fn failovers_changed(&mut self, ctx: &mut Ctx<'_>) {
        let record = self.facts.term.record();
        let stamp = record.stamp();
        let newest = record.failovers.newest();
        let new = newest.filter(|failover| failover.stamp() == stamp).cloned();
        match Folding::new(&record.failovers) {
            Ok(folding) => self.failing_over.folding = folding,
            Err(error) => return ctx.problem(error.to_string()),
        }
        if let Some(failover) = new {
            self.failed_over(ctx, &failover);
        }
    }

    fn failed_over(&mut self, ctx: &mut Ctx<'_>, failover: &Arc<Failover>) {
        let folding = &self.failing_over.folding;
        let all = ctx.core.groups.fail_over(failover, folding);
        let count = all.len();
        self.log.push(News::FailedOver(Arc::clone(failover)));
        let among = failover.among().iter().map(|(addr, _)| addr);
        let losing: Vec<_> = among.filter(|addr| self.facts.loses_groups(addr)).collect();
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
