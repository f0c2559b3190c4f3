use super::Leader;
use super::planner::Cause;
use crate::machine::Effect;
use crate::machine::core::Ctx;
use crate::peer::Decision;

/// What another copy of the store decided, and a healed network has brought here.
impl Leader {
    /// Takes note of such an assignment: what is known of the group is written again over it, and a group of
    /// which nothing else is known gets its coordinator by a decision of this leader.
    pub(super) fn take_in_of_another_copy(&mut self, ctx: &mut Ctx<'_>, decision: Decision) {
        let half = self.facts.term.is_half(decision.stamp);
        ctx.core.raise_floor |=
            !half && self.facts.term.record().floor.epoch <= decision.stamp.epoch;
        self.facts.inherit_named(ctx, &decision.coordinator);
        let known = ctx.core.groups.stamp(&decision.group);
        if known.is_some_and(|known| !self.facts.term.is_of_another_copy(known)) {
            return self.scrub.write_again(decision.group);
        }
        ctx.core.groups.insert(&decision);
        ctx.out.push(Effect::Forget(decision.group.clone()));
        self.planner.propose(decision.group, Cause::Settle);
    }
}
