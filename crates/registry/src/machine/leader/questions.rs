//! Questions about single groups, and wishes.

use groupkeeper_types::{GatewayAddr, GroupName};

use super::Leader;
use super::planner::Cause;
use crate::machine::core::Ctx;
use crate::machine::{CallId, Reply};
use crate::peer::PeerError;

impl Leader {
    /// Who coordinates this group?
    pub(super) fn assign(&mut self, ctx: &mut Ctx<'_>, call: CallId, group: GroupName) {
        let unknown = ctx.core.known.groups.coordinator(&group).is_none()
            && !self.planner.is_proposed(&group);
        if unknown && self.audit.is_in_doubt() {
            return self.audit.read(ctx, call, group);
        }
        self.assign_known(ctx, call, &group);
    }

    /// The same, once everything that is stored of this group is in memory.
    pub(super) fn assign_known(&mut self, ctx: &mut Ctx<'_>, call: CallId, group: &GroupName) {
        let current = ctx.core.known.groups.get(group);
        if current
            .as_ref()
            .is_some_and(|decision| self.facts.term.is_unsettled(decision.stamp))
        {
            self.planner.propose(group.clone(), Cause::Settle);
            return self.planner.wait(ctx, call, group);
        }
        match (self.planner.cause(group), current) {
            // A living coordinator is answered until the commit that replaces it.
            (None | Some(Cause::Drain | Cause::Give(_)), Some(decision))
                if self.facts.roster.is_alive(&decision.coordinator) =>
            {
                return ctx.found(call, decision);
            }
            (Some(_), _) => {}
            (None, Some(_)) => self.planner.propose(group.clone(), Cause::Orphan),
            (None, None) if self.planner.is_full() => {}
            (None, None) => self.planner.propose(group.clone(), Cause::New),
        }
        self.planner.wait(ctx, call, group);
    }

    /// Give this group to another gateway.
    pub(super) fn reassign(
        &mut self,
        ctx: &mut Ctx<'_>,
        call: CallId,
        group: &GroupName,
        to: Option<GatewayAddr>,
    ) {
        if let Some(to) = &to
            && !self.facts.is_candidate(ctx.now, to)
        {
            let why = format!("{to} is not a healthy gateway that takes groups; see `gateways`");
            return ctx.reply(call, Reply::Found(Err(PeerError::Refused { why })));
        }
        let Some(current) = ctx.core.known.groups.get(group) else {
            let error = if self.audit.is_whole() {
                PeerError::NotFound {
                    what: format!("coordinator of the group `{group}`"),
                }
            } else {
                PeerError::not_available("the leader has not read all assignments yet")
            };
            return ctx.reply(call, Reply::Found(Err(error)));
        };
        if to.as_ref() == Some(&current.coordinator) && !self.planner.is_proposed(group) {
            return ctx.found(call, current);
        }
        self.planner.propose(group.clone(), Cause::Give(to));
        self.planner.wait(ctx, call, group);
    }
}
