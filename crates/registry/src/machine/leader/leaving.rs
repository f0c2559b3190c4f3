//! Gateways that go, and those that only lose their groups: from the wish to the last answer.

use groupkeeper_membership::Member;
use groupkeeper_types::GatewayAddr;

use super::Leader;
use super::planner::Cause;
use super::term::End;
use crate::machine::core::{Ctx, Stopping};
use crate::machine::{CallId, Reply};
use crate::peer::{Leave, PeerError};

impl Leader {
    /// A gateway wants to go: its groups go first.
    pub(super) fn leave(&mut self, ctx: &mut Ctx<'_>, call: CallId, leave: &Leave) {
        if leave.gateway == ctx.core.me.addr {
            let why = "a leader leaves by being stopped".to_owned();
            return ctx.reply(call, Reply::Done(Err(PeerError::Refused { why })));
        }
        if self.facts.departures.is_full_for(&leave.gateway) {
            let error = PeerError::not_available("too many gateways leave at once");
            return ctx.reply(call, Reply::Done(Err(error)));
        }
        let known = self.facts.roster.get(&leave.gateway);
        match known.map(Member::incarnation) {
            // Its groups may be among those that have not been read yet.
            None if !self.audit.is_whole() => {}
            None => return ctx.reply(call, Reply::Done(Ok(()))),
            Some(known) if known.is_some_and(|known| known != leave.incarnation) => {
                let why = format!("another process serves at {}", leave.gateway);
                return ctx.reply(call, Reply::Done(Err(PeerError::Refused { why })));
            }
            Some(_) => {}
        }
        self.send_off(ctx, leave.gateway.clone(), leave.keep_groups, Some(call));
    }

    /// This gateway itself is to stop; asked twice, at once.
    pub(super) fn stop(&mut self, ctx: &mut Ctx<'_>, call: CallId, drain: bool) {
        let again = ctx.core.presence.stopping != Stopping::No;
        ctx.core.presence.stopping = Stopping::Asked { call, drain };
        ctx.give_all_up();
        if again {
            self.facts.term.ends(End::Left);
        } else {
            let me = ctx.core.me.addr.clone();
            self.send_off(ctx, me, !drain, None);
        }
    }

    /// Somebody wants a living gateway to lose its groups.
    pub(super) fn drain_living(&mut self, ctx: &mut Ctx<'_>, call: CallId, addr: GatewayAddr) {
        let known = self.facts.roster.get(&addr);
        if !known.is_some_and(Member::joined) {
            let what = format!("gateway {addr} in the fleet; see `gateways`");
            return ctx.reply(call, Reply::Done(Err(PeerError::NotFound { what })));
        }
        let candidates = self.facts.candidates(ctx.now);
        if candidates
            .as_slice()
            .iter()
            .all(|candidate| candidate.addr == addr)
        {
            let why = format!(
                "there is no gateway that could take the groups of {addr} now: there is no other, or an \
                 earlier process at its address may still be acting; then ask again in some seconds"
            );
            return ctx.reply(call, Reply::Done(Err(PeerError::Refused { why })));
        }
        self.start_draining(ctx, &addr);
        self.facts.departures.drain(ctx, addr, call);
    }

    /// Marks a gateway as one that loses its groups, and proposes them.
    pub(super) fn start_draining(&mut self, ctx: &mut Ctx<'_>, addr: &GatewayAddr) {
        if !self.facts.roster.start_draining(addr) {
            return;
        }
        if *addr == ctx.core.me.addr {
            ctx.core.presence.draining = true;
        }
        let groups = ctx.core.known.groups.of(addr);
        ctx.info(format!("{addr} is drained; it has {} groups", groups.len()));
        self.planner.propose_all(groups, &Cause::Drain);
    }

    fn send_off(
        &mut self,
        ctx: &mut Ctx<'_>,
        addr: GatewayAddr,
        keep_groups: bool,
        call: Option<CallId>,
    ) {
        if keep_groups {
            ctx.info(format!(
                "{addr} leaves, and keeps its groups for its return"
            ));
        } else {
            self.start_draining(ctx, &addr);
            // One that is not a member can't be marked, and may have groups all the same.
            let groups = ctx.core.known.groups.of(&addr);
            self.planner.propose_all(groups, &Cause::Drain);
        }
        self.facts.departures.send_off(ctx, addr, keep_groups, call);
    }

    /// Lets those go whose groups have moved, or have nowhere to move to.
    pub(super) fn let_go(&mut self, ctx: &mut Ctx<'_>) {
        let (facts, in_flight, groups) = (
            &mut self.facts,
            self.chain.in_flight(),
            &ctx.core.known.groups,
        );
        let whole = self.audit.is_whole();
        // It has no groups, and is not about to get any. One that is gone has them until they have moved.
        let has_none =
            |addr: &GatewayAddr| whole && groups.count(addr) == 0 && !in_flight.assigns_to(addr);
        let nowhere = facts.is_alone(ctx.now);
        let drained = facts.departures.end_drains(has_none);
        let free = facts.departures.free(&ctx.core.me.addr, nowhere, has_none);
        let stays = |addr: &GatewayAddr| !facts.stored.is_to_leave(addr, in_flight);
        let free: Vec<GatewayAddr> = free.into_iter().filter(stays).collect();
        for call in drained {
            ctx.reply(call, Reply::Done(Ok(())));
        }
        for addr in free {
            self.dismiss(ctx, &addr);
        }
    }

    /// Wants a gateway out of the stored set.
    pub(super) fn dismiss(&mut self, ctx: &mut Ctx<'_>, addr: &GatewayAddr) {
        if !self.facts.stored.dismiss(addr, self.chain.in_flight()) {
            self.dismissed(ctx, addr);
        }
    }

    /// A gateway is no longer in the stored set.
    pub(super) fn dismissed(&mut self, ctx: &mut Ctx<'_>, addr: &GatewayAddr) {
        let has_groups = ctx.core.known.groups.count(addr) > 0;
        let Some(calls) = self.facts.departures.goes(addr, has_groups) else {
            return;
        };
        self.planner.gone(addr);
        let member = self.facts.roster.deregister(addr);
        if let Some(process) = member.and_then(|member| member.incarnation()) {
            let until = ctx.now + ctx.core.timing().wait();
            let departures = &mut self.facts.departures;
            departures.has_gone(addr.clone(), process, ctx.now, until);
        }
        for call in calls {
            ctx.reply(call, Reply::Done(Ok(())));
        }
        if *addr == ctx.core.me.addr {
            self.facts.term.ends(End::Left);
        }
    }
}
