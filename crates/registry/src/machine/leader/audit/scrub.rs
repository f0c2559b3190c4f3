//! What is stored, compared with memory again and again. What differs is only noted here.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use groupkeeper_types::{GroupName, Moment, Stamp};

use crate::machine::core::Ctx;
use crate::machine::{BatchChange, Effect, OpId, StoreWork};
use crate::peer::Decision;

/// Reads the store again and again, slowly, for as long as this gateway leads, and compares it with
/// what is in memory: at a leader that has settled, memory is the truth. What has been lost or
/// changed behind the leader's back is written again.
///
/// Its own memory does not grow with the number of groups.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Scrub {
    stage: Stage,
    /// Groups whose assignments looked wrong in a listing, which may have been older than memory.
    suspects: BTreeSet<GroupName>,
    /// Groups being read by themselves, and what was known of them when they were asked for.
    checks: BTreeMap<OpId, (GroupName, Stamp)>,
    /// Groups whose assignments are to be written again.
    restores: BTreeSet<GroupName>,
    restored: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Stage {
    /// Not before the epoch has settled, and not before this moment.
    Rests { until: Moment },
    /// The whole store is listed. `known` groups were in memory at its beginning, and so many of the
    /// entries `seen` are of groups in memory.
    Lists { op: OpId, known: usize, seen: usize },
    /// Something was missing: group by group, those after this one are looked for.
    Looks {
        after: Option<GroupName>,
        next: Moment,
    },
}

impl Default for Stage {
    fn default() -> Self {
        Self::Rests {
            until: Moment::ZERO,
        }
    }
}

impl Scrub {
    /// The most groups that are read by themselves at once, and written again with one commit.
    const MAX: usize = 64;
    /// From one page of single groups to the next.
    const PAUSE: Duration = Duration::from_secs(2);

    pub(super) fn restored(&self) -> u64 {
        self.restored
    }

    /// When something is due, given that the epoch has settled.
    pub(super) fn deadline(&self) -> Moment {
        match &self.stage {
            Stage::Rests { until } => *until,
            Stage::Lists { .. } => Moment::NEVER,
            Stage::Looks { next, .. } if self.checks.is_empty() => *next,
            Stage::Looks { .. } => Moment::NEVER,
        }
    }

    pub(super) fn lists(&self, op: OpId) -> bool {
        matches!(self.stage, Stage::Lists { op: own, .. } if own == op)
    }

    /// This is to be written again, unless there is too much of it: then the next round finds it.
    pub(super) fn write_again(&mut self, group: GroupName) {
        if self.restores.len() < Self::MAX {
            self.restores.insert(group);
        }
    }

    /// These have been written.
    pub(super) fn written(&mut self, group: &GroupName) {
        self.restored += u64::from(self.restores.remove(group));
    }

    /// Goes on with what is due, in an epoch that has settled; whether the store is read again from its
    /// beginning.
    pub(super) fn go_on(&mut self, ctx: &mut Ctx<'_>) -> bool {
        while self.checks.len() < Self::MAX
            && let Some(group) = self.suspects.pop_first()
        {
            self.check(ctx, group);
        }
        if ctx.now < self.deadline() {
            return false;
        }
        match &self.stage {
            Stage::Rests { .. } => {
                let op = ctx.op();
                self.stage = Stage::Lists {
                    op,
                    known: ctx.core.known.groups.len(),
                    seen: 0,
                };
                ctx.out.push(Effect::List { op, slowly: true });
                return true;
            }
            Stage::Lists { .. } => {}
            Stage::Looks { after, .. } => {
                let page = ctx.core.known.groups.after(after.as_ref(), Self::MAX);
                let Some(last) = page.last().cloned() else {
                    self.rest(ctx);
                    return false;
                };
                self.stage = Stage::Looks {
                    after: Some(last),
                    next: ctx.now + Self::PAUSE,
                };
                for group in page {
                    self.check(ctx, group);
                }
            }
        }
        false
    }

    /// The end of the listing, which came to all that is stored, or broke off: then it says nothing about
    /// what it did not come to.
    pub(super) fn ended(&mut self, ctx: &mut Ctx<'_>, whole: bool) {
        let Stage::Lists { known, seen, .. } = self.stage else {
            return;
        };
        if !whole || seen >= known {
            return self.rest(ctx);
        }
        ctx.alarm(format!(
            "{} of {known} assignments are missing in the store, or can't be read; each is looked for",
            known - seen
        ));
        self.stage = Stage::Looks {
            after: None,
            next: ctx.now,
        };
    }

    /// An assignment of a group in memory was listed.
    pub(super) fn sees(&mut self) {
        if let Stage::Lists { seen, .. } = &mut self.stage {
            *seen += 1;
        }
    }

    /// An assignment that was listed looks wrong. The page may be older than what is known by now, so the
    /// group is read by itself, unless there are too many: then the next round finds it.
    pub(super) fn suspect(&mut self, group: GroupName) {
        if self.suspects.len() < Self::MAX {
            self.suspects.insert(group);
        }
    }

    /// A group was read by itself: which, and what was known of it when it was asked for.
    pub(super) fn end_check(&mut self, op: OpId) -> Option<(GroupName, Stamp)> {
        self.checks.remove(&op)
    }

    /// Whether a group's assignment is to be written again.
    pub(super) fn restores(&self, group: &GroupName) -> bool {
        self.restores.contains(group)
    }

    /// A group's assignment is not as it was decided, and is written again, unless there is too much of it.
    pub(super) fn restore_later(&mut self, ctx: &mut Ctx<'_>, known: Decision, what: &str) {
        let Decision {
            group, coordinator, ..
        } = known;
        if self.restores.len() < Self::MAX {
            ctx.alarm(format!(
                "the stored assignment of the group `{group}` {what}; it is written again: {coordinator}"
            ));
            self.restores.insert(group);
        }
    }

    /// Adds what is to be written again, just as it was decided, so that nobody need hear of it.
    pub(super) fn restore(&mut self, ctx: &Ctx<'_>, changes: &mut Vec<BatchChange>) {
        let room = ctx.core.pace.most().saturating_sub(changes.len());
        let groups: Vec<GroupName> = self.restores.iter().take(room).cloned().collect();
        for group in groups {
            let decided = |change: &BatchChange| matches!(change, BatchChange::Assign(d) | BatchChange::Rewrite(d) if d.group == group);
            match ctx.core.known.groups.get(&group) {
                Some(decision) if !changes.iter().any(decided) => {
                    changes.push(BatchChange::Rewrite(decision));
                }
                // Written by what was decided since.
                _ => drop(self.restores.remove(&group)),
            }
        }
    }

    fn check(&mut self, ctx: &mut Ctx<'_>, group: GroupName) {
        if let Some(stamp) = ctx.core.known.groups.stamp(&group) {
            let op = ctx.store(StoreWork::Load(group.clone()));
            self.checks.insert(op, (group, stamp));
        }
    }

    fn rest(&mut self, ctx: &Ctx<'_>) {
        let every = ctx.core.config.scrub_every.unwrap_or(Self::PAUSE);
        let until = ctx.now + every.max(Self::PAUSE);
        self.stage = Stage::Rests { until };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::testing::{Bench, decision, group, stamp};

    /// A listing under way, of two groups in memory.
    fn listing() -> (Bench, Scrub) {
        let mut bench = Bench::new();
        for name in ["a", "b"] {
            let known = decision(name, "me", stamp(1, 2));
            bench.core.known.groups.insert(&known);
        }
        let mut scrub = Scrub::default();
        assert!(scrub.go_on(&mut bench.ctx()));
        let [Effect::List { op, slowly: true }] = bench.take()[..] else {
            panic!("nothing is listed");
        };
        assert!(scrub.lists(op));
        (bench, scrub)
    }

    #[test]
    fn what_is_missing_is_looked_for_group_by_group() {
        let (mut bench, mut scrub) = listing();
        scrub.sees();
        scrub.ended(&mut bench.ctx(), true);
        assert_eq!(bench.take().len(), 1, "people are told");
        assert!(!scrub.go_on(&mut bench.ctx()));
        let checks = bench.take();
        assert_eq!(checks.len(), 2);
        assert_eq!(scrub.deadline(), Moment::NEVER);
        for effect in checks {
            let Effect::Store { op, .. } = effect else {
                panic!("{effect:?}");
            };
            assert!(scrub.end_check(op).is_some() && scrub.end_check(op).is_none());
        }
        bench.now = scrub.deadline();
        assert!(!scrub.go_on(&mut bench.ctx()));
        assert!(scrub.deadline() > bench.now, "it rests after the last page");
    }

    #[test]
    fn a_listing_that_broke_off_says_nothing_is_missing() {
        let (mut bench, mut scrub) = listing();
        scrub.ended(&mut bench.ctx(), false);
        assert_eq!(bench.take(), []);
        assert!(scrub.deadline() > bench.now);
    }

    #[test]
    fn what_looks_wrong_is_read_by_itself_and_then_written_again() {
        let (mut bench, mut scrub) = listing();
        scrub.suspect(group("a"));
        assert!(!scrub.go_on(&mut bench.ctx()));
        let (op, _) = bench.asked();
        assert_eq!(scrub.end_check(op), Some((group("a"), stamp(1, 2))));
        let known = decision("a", "me", stamp(1, 2));
        scrub.restore_later(&mut bench.ctx(), known.clone(), "has vanished");
        let mut changes = Vec::new();
        scrub.restore(&bench.ctx(), &mut changes);
        assert_eq!(changes, [BatchChange::Rewrite(known)]);
        assert!(scrub.restores(&group("a")), "until it is written");
        scrub.written(&group("a"));
        assert!(!scrub.restores(&group("a")) && scrub.restored() == 1);
    }

    #[test]
    fn what_is_decided_anew_is_not_written_again() {
        let (bench, mut scrub) = listing();
        let mut bench = bench;
        scrub.write_again(group("a"));
        let decided = BatchChange::Assign(decision("a", "you", stamp(1, 3)));
        let mut changes = vec![decided];
        scrub.restore(&bench.ctx(), &mut changes);
        assert!(changes.len() == 1 && !scrub.restores(&group("a")));
    }
}
