use std::collections::BTreeMap;

use groupkeeper_assignment_store::{Assignment, Listed, ReadError, StoredGateways};
use groupkeeper_types::{GroupName, Moment, Stamp};

use super::Leader;
use super::planner::Cause;
use super::reading::{Reading, honest};
use super::term::End;
use crate::machine::core::Ctx;
use crate::machine::{CallId, Effect, OpId, StoreWork};
use crate::peer::Decision;

/// How far a new leader has read what is stored of groups. It serves meanwhile, and reads single groups as
/// they are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Loading {
    list: Reading,
    /// It was said that an assignment is beyond what the record knew of.
    told_backwards: bool,
}

impl Loading {
    /// Whether all that is stored is in memory.
    pub(super) fn is_whole(&self) -> bool {
        self.list.is_whole()
    }

    pub(super) fn deadline(&self) -> Moment {
        self.list.deadline()
    }
}

/// Single groups being read because somebody asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Reads {
    by_group: BTreeMap<GroupName, (OpId, Vec<CallId>)>,
    by_op: BTreeMap<OpId, GroupName>,
}

impl Reads {
    /// The most groups read at once.
    const MAX: usize = 1_024;
    /// The most calls that wait for one of them.
    const MAX_WAITING: usize = 1_024;

    pub(super) fn take_calls(&mut self) -> Vec<CallId> {
        self.by_op.clear();
        std::mem::take(&mut self.by_group)
            .into_values()
            .flat_map(|(_, calls)| calls)
            .collect()
    }

    pub(super) fn abandon(&mut self, call: CallId, group: &GroupName) {
        if let Some((_, calls)) = self.by_group.get_mut(group) {
            calls.retain(|waiting| *waiting != call);
        }
    }

    fn end(&mut self, op: OpId) -> Option<(GroupName, Vec<CallId>)> {
        let group = self.by_op.remove(&op)?;
        let (_, calls) = self.by_group.remove(&group)?;
        Some((group, calls))
    }
}

impl Leader {
    /// Reads what is due: the gateways first, since they say who may be acting.
    pub(super) fn load(&mut self, ctx: &mut Ctx<'_>) {
        self.facts.stored.read(ctx);
        if self.facts.stored.is_known() && self.loading.list.is_due(ctx.now) {
            self.findings.begin_round();
            let op = ctx.op();
            self.loading.list = Reading::UnderWay(op);
            ctx.out.push(Effect::List { op, slowly: false });
        }
    }

    pub(super) fn gateways_read(
        &mut self,
        ctx: &mut Ctx<'_>,
        op: OpId,
        result: Result<StoredGateways, ReadError>,
    ) {
        let Some(found) = self.facts.stored.was_read(ctx, op, result) else {
            return;
        };
        let until = self.facts.term.grace_until();
        for admission in found.records {
            if self.facts.roster.inherit(ctx, &admission, until) {
                self.facts.stored.enter(admission);
            }
        }
        for unreadable in found.unreadable {
            self.facts
                .roster
                .inherit_unreadable(ctx, &unreadable, until);
        }
        // Whoever has joined before anybody could say whether another process stood there.
        for record in self.facts.roster.joined(ctx.now) {
            self.facts.admit(record, self.chain.in_flight());
        }
    }

    pub(super) fn listed(&mut self, ctx: &mut Ctx<'_>, op: OpId, entries: Vec<Listed>) {
        if !self.loading.list.is_by(op) {
            return;
        }
        let mut learned = Vec::with_capacity(entries.len());
        for entry in entries {
            match entry {
                Listed::Assignment(assignment) => learned.extend(self.take_in(ctx, assignment)),
                Listed::Unreadable { name, group, why } => {
                    self.findings.find(ctx, name, group, &why);
                }
            }
        }
        ctx.out.push(Effect::LearnAll(learned));
    }

    pub(super) fn list_ended(
        &mut self,
        ctx: &mut Ctx<'_>,
        op: OpId,
        result: Result<(), ReadError>,
    ) {
        if !self.loading.list.is_by(op) {
            return;
        }
        match honest(result) {
            Ok(()) => {
                self.loading.list = Reading::Whole;
                self.end_round();
                ctx.info(format!(
                    "{} groups have a coordinator",
                    ctx.core.groups.len()
                ));
            }
            Err(error) => self.loading.list.failed(ctx, &error),
        }
    }

    /// Whether memory can't tell what is stored of this group. An entry that could not be read may
    /// be this group's.
    pub(super) fn must_read(&self, ctx: &Ctx<'_>, group: &GroupName) -> bool {
        let in_doubt = !self.loading.is_whole() || self.findings.len() > 0;
        in_doubt && ctx.core.groups.coordinator(group).is_none() && !self.planner.is_proposed(group)
    }

    /// Reads one group for a call.
    pub(super) fn read(&mut self, ctx: &mut Ctx<'_>, call: CallId, group: GroupName) {
        if let Some((_, calls)) = self.reads.by_group.get_mut(&group) {
            if calls.len() < Reads::MAX_WAITING {
                calls.push(call);
            } else {
                ctx.not_available(call, "too many questions wait for the store");
            }
            return;
        }
        if self.reads.by_group.len() >= Reads::MAX {
            return ctx.not_available(call, "too many questions wait for the store");
        }
        let op = ctx.store(StoreWork::Load(group.clone()));
        self.reads.by_op.insert(op, group.clone());
        self.reads.by_group.insert(group, (op, vec![call]));
    }

    pub(super) fn loaded(
        &mut self,
        ctx: &mut Ctx<'_>,
        op: OpId,
        result: Result<Option<Assignment>, ReadError>,
    ) {
        let Some((group, calls)) = self.reads.end(op) else {
            return;
        };
        match honest(result) {
            Ok(found) => {
                if let Some(assignment) = found {
                    self.absorb(ctx, assignment);
                }
                for call in calls {
                    self.assign_known(ctx, call, &group);
                }
            }
            // A read that failed is not a group that has no coordinator (G6).
            Err(error) => {
                self.not_read(&group, &error);
                for call in calls {
                    ctx.not_available(call, &error.to_string());
                }
            }
        }
    }

    /// Takes in what is stored of a group, unless this leader has decided about it meanwhile.
    pub(super) fn absorb(&mut self, ctx: &mut Ctx<'_>, assignment: Assignment) {
        let learned = self.take_in(ctx, assignment);
        ctx.out.extend(learned.map(Effect::Learn));
    }

    /// The same; what look-ups may be answered with by that is still to be told.
    fn take_in(&mut self, ctx: &mut Ctx<'_>, assignment: Assignment) -> Option<Decision> {
        let Assignment {
            group,
            coordinator,
            stamp,
            ..
        } = assignment;
        let coordinator = ctx.core.groups.shared(coordinator);
        let epoch = self.facts.term.epoch();
        // No leader of this fleet has come so far: another program's, which is treated as the
        // reference's, or numbers would run out.
        let foreign = self.facts.term.is_beyond(stamp.epoch);
        let stamp = if foreign { Stamp::ZERO } else { stamp };
        if stamp.epoch > epoch {
            ctx.alarm(format!(
                "the group `{group}` was assigned in epoch {}, and the leader record only knew of \
                 epoch {}: the record went backwards",
                stamp.epoch,
                self.facts.term.inherited().last.epoch
            ));
            ctx.core.see(stamp.epoch);
            self.facts.term.ends(End::Again);
            return None;
        }
        if self.facts.term.is_beyond_the_record(stamp) && !self.loading.told_backwards {
            self.loading.told_backwards = true;
            ctx.alarm(format!(
                "the group `{group}` was assigned as {stamp}, and the leader record only knew of {}: the \
                 store was parted, or has lost its newest writes; whatever is beyond it is decided again",
                self.facts.term.inherited().last
            ));
        }
        if self.facts.term.is_of_another_copy(stamp) {
            self.take_in_of_another_copy(
                ctx,
                Decision {
                    group,
                    coordinator,
                    stamp,
                },
            );
            return None;
        }
        let known = ctx.core.groups.stamp(&group);
        if stamp.epoch == epoch && known.is_none_or(|known| known < stamp) {
            // This leader's own is on its way, and known when the commit is.
            if !self.chain.in_flight().assigns(&group) {
                ctx.alarm(format!(
                    "the group `{group}` was assigned as {stamp}, which this leader has not decided; a new \
                     epoch begins"
                ));
                self.facts.term.ends(End::Again);
            }
            return None;
        }
        let stored = Decision {
            group,
            coordinator,
            stamp,
        };
        let Decision {
            group,
            coordinator,
            stamp,
        } = if self.facts.term.is_unsettled(stamp) {
            stored
        } else {
            self.planner.fold(stored, known)
        };
        self.facts.inherit_named(ctx, &coordinator);
        // The reference writes without a stamp, and over ours: what it wrote before this epoch stands,
        // and where one of ours has led before, somebody may have cached what it replaced.
        let differs = || ctx.core.groups.coordinator(&group) != Some(&coordinator);
        let by_reference = stamp == Stamp::ZERO
            && (foreign || self.facts.term.inherited().last != Stamp::ZERO)
            && known.is_none_or(|known| known.epoch < epoch && differs());
        if known.is_some_and(|known| known >= stamp) && !by_reference {
            return None;
        }
        let decision = Decision {
            group,
            coordinator,
            stamp,
        };
        ctx.core.groups.insert(&decision);
        ctx.hear(&decision);
        if by_reference || self.facts.term.is_unsettled(stamp) {
            // Caches may hold the decision before: either half of a commit stands here, with which
            // nobody was ever answered, or what the reference wrote. It is decided again.
            ctx.out.push(Effect::Forget(decision.group.clone()));
            self.planner.propose(decision.group, Cause::Settle);
            return None;
        }
        self.planner.propose_lost(&self.facts, &decision);
        Some(decision)
    }
}
