//! Gateways that are silent for too long are gone.

use super::Leader;
use super::planner::Cause;
use crate::machine::core::Ctx;

impl Leader {
    /// A leader is always alive to itself.
    pub(super) fn beat_own_heart(&mut self, ctx: &mut Ctx<'_>) {
        if !self.facts.roster.beat_own_heart(ctx) {
            return;
        }
        if ctx.core.presence.draining {
            let me = ctx.core.me.addr.clone();
            self.start_draining(ctx, &me);
        }
        let in_flight = self.chain.in_flight();
        self.facts.admit(ctx.core.me.clone(), in_flight);
    }

    /// Gateways that have been silent for their whole lease are gone, and their groups orphans.
    pub(super) fn expire(&mut self, ctx: &mut Ctx<'_>) {
        let silent = self.chain.is_silent(ctx);
        for gone in self.facts.roster.expire(ctx, silent) {
            let count = ctx.core.known.groups.count(&gone.addr);
            if gone.incarnation().is_none() && count > 0 {
                ctx.alarm(format!(
                    "{count} groups were assigned to {}, where no gateway has shown itself: they are given \
                     to others",
                    gone.addr
                ));
            } else if count > 0 || self.facts.stored.has(&gone.addr) {
                ctx.info(format!(
                    "{} is silent and taken for gone; it had {count} groups",
                    gone.addr
                ));
            }
            // With one commit; before everything is known, each by itself.
            self.planner.look_again();
            if !self.facts.term.has_settled() {
                let groups = ctx.core.known.groups.of(&gone.addr);
                self.planner.propose_all(groups, &Cause::Orphan);
            }
            self.planner.gone(&gone.addr);
            self.dismiss(ctx, &gone.addr);
        }
    }
}
