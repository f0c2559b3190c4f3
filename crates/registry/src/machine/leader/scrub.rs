use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use groupkeeper_assignment_store::{Assignment, Listed, ReadError};
use groupkeeper_types::{GroupName, Moment, Stamp};

use super::Leader;
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

    fn rest(&mut self, until: Moment) {
        self.stage = Stage::Rests { until };
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
}

impl Leader {
    /// Whether memory is what the store should hold.
    pub(super) fn may_scrub(&self, ctx: &Ctx<'_>) -> bool {
        let on = ctx.core.config.scrub_every.is_some();
        on && self.facts.term.grace_over()
            && self.loading.is_whole()
            && self.facts.term.has_settled()
    }

    /// Goes on with what is due.
    pub(super) fn scrub(&mut self, ctx: &mut Ctx<'_>) {
        if !self.may_scrub(ctx) {
            return;
        }
        while self.scrub.checks.len() < Scrub::MAX
            && let Some(group) = self.scrub.suspects.pop_first()
        {
            self.check(ctx, group);
        }
        if ctx.now < self.scrub.deadline() {
            return;
        }
        match &self.scrub.stage {
            Stage::Rests { .. } => {
                let op = ctx.op();
                self.scrub.stage = Stage::Lists {
                    op,
                    known: ctx.core.groups.len(),
                    seen: 0,
                };
                self.findings.begin_round();
                ctx.out.push(Effect::List { op, slowly: true });
            }
            Stage::Lists { .. } => {}
            Stage::Looks { after, .. } => {
                let page = ctx.core.groups.after(after.as_ref(), Scrub::MAX);
                let Some(last) = page.last().cloned() else {
                    return self.rest(ctx);
                };
                self.scrub.stage = Stage::Looks {
                    after: Some(last),
                    next: ctx.now + Scrub::PAUSE,
                };
                for group in page {
                    self.check(ctx, group);
                }
            }
        }
    }

    fn rest(&mut self, ctx: &Ctx<'_>) {
        let every = ctx.core.config.scrub_every.unwrap_or(Scrub::PAUSE);
        self.scrub.rest(ctx.now + every.max(Scrub::PAUSE));
    }

    /// A part of the listing.
    pub(super) fn scrubbed(&mut self, ctx: &mut Ctx<'_>, entries: Vec<Listed>) {
        for entry in entries {
            match entry {
                Listed::Assignment(assignment) => self.compare(ctx, assignment),
                Listed::Unreadable { name, group, why } => {
                    self.findings.find(ctx, name, group, &why)
                }
            }
        }
    }

    /// The end of the listing.
    pub(super) fn scrub_ended(&mut self, ctx: &mut Ctx<'_>, result: &Result<(), ReadError>) {
        let Stage::Lists { known, seen, .. } = self.scrub.stage else {
            return;
        };
        // A listing that broke off says nothing about what it did not come to.
        if result.is_ok() {
            self.end_round();
            if seen < known {
                ctx.alarm(format!(
                    "{} of {known} assignments are missing in the store, or can't be read; each is \
                     looked for",
                    known - seen
                ));
                self.scrub.stage = Stage::Looks {
                    after: None,
                    next: ctx.now,
                };
                return;
            }
        }
        self.rest(ctx);
    }

    fn compare(&mut self, ctx: &mut Ctx<'_>, assignment: Assignment) {
        let Some(known) = ctx.core.groups.get(&assignment.group) else {
            // Another program's, or of a copy that had lost it.
            return self.absorb(ctx, assignment);
        };
        if let Stage::Lists { seen, .. } = &mut self.scrub.stage {
            *seen += 1;
        }
        if !self.agrees(&assignment, &known)
            && self.scrub.suspects.len() < Scrub::MAX
            && !self.is_on_its_way(&known.group)
        {
            // The page may be older than what is known by now.
            self.scrub.suspects.insert(known.group);
        }
    }

    /// Whether what is stored is what is known, or will be when it has been rewritten behind failovers.
    fn agrees(&mut self, stored: &Assignment, known: &Decision) -> bool {
        let stored = Decision {
            group: stored.group.clone(),
            coordinator: stored.coordinator.clone(),
            stamp: stored.stamp,
        };
        stored == *known || self.planner.fold(stored, Some(known.stamp)) == *known
    }

    /// Whether the group is about to be decided anew, or written again.
    fn is_on_its_way(&self, group: &GroupName) -> bool {
        self.planner.is_proposed(group)
            || self.scrub.restores.contains(group)
            || self
                .chain
                .in_flight()
                .assigned()
                .any(|assigned| assigned == group)
    }

    fn check(&mut self, ctx: &mut Ctx<'_>, group: GroupName) {
        if let Some(stamp) = ctx.core.groups.stamp(&group) {
            let op = ctx.store(StoreWork::Load(group.clone()));
            self.scrub.checks.insert(op, (group, stamp));
        }
    }

    /// The answer to a check; `false` when it is the answer to something else.
    pub(super) fn checked(
        &mut self,
        ctx: &mut Ctx<'_>,
        op: OpId,
        result: &Result<Option<Assignment>, ReadError>,
    ) -> bool {
        let Some((group, stamp)) = self.scrub.checks.remove(&op) else {
            return false;
        };
        let Some(known) = ctx.core.groups.get(&group) else {
            return true;
        };
        // What has changed meanwhile is looked at again in the next round.
        let found = match result {
            Ok(found) => found,
            Err(error) => {
                self.not_read(&group, error);
                return true;
            }
        };
        if known.stamp != stamp || self.is_on_its_way(&group) {
            return true;
        }
        let what = match found {
            Some(found) if self.agrees(found, &known) => return true,
            Some(found) if found.stamp >= known.stamp => {
                self.absorb(ctx, found.clone());
                if self.facts.term.end().is_some() || self.planner.is_proposed(&group) {
                    return true;
                }
                "was changed"
            }
            Some(_) => "was changed, or has gone back to an older one",
            None => "has vanished",
        };
        if self.scrub.restores.len() < Scrub::MAX {
            ctx.alarm(format!(
                "the stored assignment of the group `{group}` {what}; it is written again: {}",
                known.coordinator
            ));
            self.scrub.restores.insert(group);
        }
        true
    }

    /// Adds what is to be written again, just as it was decided, so that nobody need hear of it.
    pub(super) fn restore(&mut self, ctx: &Ctx<'_>, changes: &mut Vec<BatchChange>) {
        let room = ctx.core.pace.most().saturating_sub(changes.len());
        let groups: Vec<GroupName> = self.scrub.restores.iter().take(room).cloned().collect();
        for group in groups {
            let decided = |change: &BatchChange| matches!(change, BatchChange::Assign(d) | BatchChange::Rewrite(d) if d.group == group);
            match ctx.core.groups.get(&group) {
                Some(decision) if !changes.iter().any(decided) => {
                    changes.push(BatchChange::Rewrite(decision));
                }
                // Written by what was decided since.
                _ => drop(self.scrub.restores.remove(&group)),
            }
        }
    }
}
