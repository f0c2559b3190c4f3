//! When groups without a coordinator are given out: not before gateways had time to join.

use groupkeeper_membership::Member;
use groupkeeper_types::GatewayAddr;

use super::Leader;
use crate::machine::core::Ctx;

impl Leader {
    /// Gives gateways time before new groups are given out: at first for joining, then, where
    /// processes were replaced, until those before them are gone for sure.
    pub(super) fn gather(&mut self, ctx: &Ctx<'_>) {
        if !self.gathering || ctx.now < self.gather_until {
            return;
        }
        let settles = |member: &Member| member.joined() && member.settles_at().is_some();
        if ctx.now < self.term.grace_until() && self.members.healthy(ctx.now).any(settles) {
            self.gather_until = self.term.grace_until();
        } else {
            self.gathering = false;
        }
    }

    /// Every gateway that an earlier leader knew has joined, so there is nobody to wait for.
    fn gathered(&self) -> bool {
        let joined = |addr: &GatewayAddr| {
            let member = self.members.get(addr);
            member.is_some_and(|member| member.joined() && member.settles_at().is_none())
        };
        let known = self.loading.knows_gateways() && !self.loading.found_nobody();
        known && !self.term.is_of_a_parted_store() && self.stored.keys().all(joined)
    }

    /// Whether groups without a coordinator may be given out.
    pub(super) fn may_give_out(&self) -> bool {
        self.loading.knows_gateways() && (!self.gathering || self.gathered())
    }
}
