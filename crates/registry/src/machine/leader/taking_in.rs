//! What is stored of a group, made part of what is known, or of what is to be decided again.

use groupkeeper_assignment_store::Assignment;
use groupkeeper_types::Stamp;

use super::Leader;
use super::planner::Cause;
use super::term::End;
use crate::machine::Effect;
use crate::machine::core::Ctx;
use crate::peer::Decision;

impl Leader {
    /// Takes in what is stored of a group, unless this leader has decided about it meanwhile.
    pub(super) fn absorb(&mut self, ctx: &mut Ctx<'_>, assignment: Assignment) {
        let learned = self.take_in(ctx, assignment);
        ctx.out.extend(learned.map(Effect::Learn));
    }

    /// The same; what look-ups may be answered with by that is still to be told.
    pub(super) fn take_in(
        &mut self,
        ctx: &mut Ctx<'_>,
        assignment: Assignment,
    ) -> Option<Decision> {
        let Assignment {
            group,
            coordinator,
            stamp,
            ..
        } = assignment;
        let coordinator = ctx.core.known.groups.shared(coordinator);
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
        if self.facts.term.is_beyond_the_record(stamp) && self.audit.goes_backwards() {
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
        let known = ctx.core.known.groups.stamp(&group);
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
        let differs = || ctx.core.known.groups.coordinator(&group) != Some(&coordinator);
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
        ctx.core.known.groups.insert(&decision);
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

    /// Takes note of what another copy of the store decided, and a healed network has brought here: what is
    /// known of the group is written again over it, and a group of which nothing else is known gets its
    /// coordinator by a decision of this leader.
    fn take_in_of_another_copy(&mut self, ctx: &mut Ctx<'_>, decision: Decision) {
        let half = self.facts.term.is_half(decision.stamp);
        ctx.core
            .epochs
            .raise_floor_if(!half && self.facts.term.record().floor.epoch <= decision.stamp.epoch);
        self.facts.inherit_named(ctx, &decision.coordinator);
        let known = ctx.core.known.groups.stamp(&decision.group);
        if known.is_some_and(|known| !self.facts.term.is_of_another_copy(known)) {
            return self.audit.write_again(decision.group);
        }
        ctx.core.known.groups.insert(&decision);
        ctx.out.push(Effect::Forget(decision.group.clone()));
        self.planner.propose(decision.group, Cause::Settle);
    }
}
