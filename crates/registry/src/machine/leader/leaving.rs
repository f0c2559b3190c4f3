use groupkeeper_assignment_store::GatewayRecord;
use groupkeeper_membership::Member;
use groupkeeper_types::{GatewayAddr, Moment};

use super::proposals::Cause;
use super::{End, Leader};
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
        match self.members.get(&leave.gateway).map(Member::incarnation) {
            // Its groups may be among those that have not been read yet.
            None if !self.loading.is_whole() => {}
            None => return ctx.reply(call, Reply::Done(Ok(()))),
            Some(known) if known.is_some_and(|known| known != leave.incarnation) => {
                let why = format!("another process serves at {}", leave.gateway);
                return ctx.reply(call, Reply::Done(Err(PeerError::Refused { why })));
            }
            Some(_) => {}
        }
        self.drain(ctx, leave.gateway.clone(), Some(call));
    }

    /// This gateway itself is to stop.
    pub(super) fn stop(&mut self, ctx: &mut Ctx<'_>, call: CallId, drain: bool) {
        ctx.core.stopping = Stopping::Asked { call, drain };
        if drain {
            let me = ctx.core.me.addr.clone();
            self.drain(ctx, me, None);
        } else {
            self.end = Some(End::Left);
        }
    }

    /// Another process has taken the place of one that was leaving: it is not the one that wanted
    /// to go.
    pub(super) fn comes_back(&mut self, ctx: &mut Ctx<'_>, addr: &GatewayAddr) {
        for call in self.leaving.remove(addr).unwrap_or_default() {
            ctx.reply(call, Reply::Done(Ok(())));
        }
    }

    /// Whether this very process has left a moment ago.
    pub(super) fn has_left(&self, record: &GatewayRecord, now: Moment) -> bool {
        let left = self.left.get(&record.addr);
        left.is_some_and(|(process, until)| *process == record.incarnation && now < *until)
    }

    fn drain(&mut self, ctx: &mut Ctx<'_>, addr: GatewayAddr, call: Option<CallId>) {
        self.members.set_draining(&addr, true);
        let groups = ctx.core.groups.of(&addr);
        ctx.info(format!("{addr} leaves; it has {} groups", groups.len()));
        for group in groups {
            self.proposals.add(group, Cause::Drain);
        }
        self.leaving.entry(addr).or_default().extend(call);
    }

    /// Lets those go whose groups have moved, or have nowhere to move to.
    pub(super) fn let_go(&mut self, ctx: &mut Ctx<'_>) {
        if self.leaving.is_empty() {
            return;
        }
        let me = &ctx.core.me.addr;
        let nowhere = self.is_alone(ctx);
        let moved = |addr: &GatewayAddr| {
            self.loading.is_whole()
                && ctx.core.groups.count(addr) == 0
                && !self.chain.assigns_to(addr)
        };
        let free: Vec<GatewayAddr> = self
            .leaving
            .keys()
            .filter(|addr| !self.dismissals.contains(*addr) && !self.chain.dismisses(addr))
            .filter(|addr| nowhere || moved(addr))
            // The leader goes last: nobody else could serve the others.
            .filter(|addr| nowhere || *addr != me || self.leaving.len() == 1)
            .cloned()
            .collect();
        for addr in free {
            self.dismiss(ctx, &addr);
        }
    }

    /// A gateway is no longer in the stored set.
    pub(super) fn dismissed(&mut self, ctx: &mut Ctx<'_>, addr: &GatewayAddr) {
        let Some(calls) = self.leaving.remove(addr) else {
            return;
        };
        let member = self.members.deregister(addr);
        if let Some(incarnation) = member.and_then(|member| member.incarnation()) {
            self.left.retain(|_, (_, until)| ctx.now < *until);
            let until = ctx.now + ctx.core.timing().wait();
            self.left.insert(addr.clone(), (incarnation, until));
        }
        for call in calls {
            ctx.reply(call, Reply::Done(Ok(())));
        }
        if *addr == ctx.core.me.addr {
            self.end = Some(End::Left);
        }
    }
}
