use groupkeeper_assignment_store::GatewayRecord;
use groupkeeper_membership::Member;
use groupkeeper_types::{GatewayAddr, MAX_GATEWAYS, Moment};

use super::Leader;
use super::proposals::Cause;
use super::term::End;
use crate::machine::core::{Ctx, Stopping};
use crate::machine::{CallId, Effect, Reply};
use crate::peer::{Leave, PeerError, Resigned};

impl Leader {
    /// A gateway wants to go: its groups go first.
    pub(super) fn leave(&mut self, ctx: &mut Ctx<'_>, call: CallId, leave: &Leave) {
        if leave.gateway == ctx.core.me.addr {
            let why = "a leader leaves by being stopped".to_owned();
            return ctx.reply(call, Reply::Done(Err(PeerError::Refused { why })));
        }
        if self.leaving.len() >= MAX_GATEWAYS && !self.leaving.contains_key(&leave.gateway) {
            let error = PeerError::not_available("too many gateways leave at once");
            return ctx.reply(call, Reply::Done(Err(error)));
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
        self.send_off(ctx, leave.gateway.clone(), leave.keep_groups, Some(call));
    }

    /// This gateway itself is to stop; asked twice, at once.
    pub(super) fn stop(&mut self, ctx: &mut Ctx<'_>, call: CallId, drain: bool) {
        let again = ctx.core.stopping != Stopping::No;
        ctx.core.stopping = Stopping::Asked { call, drain };
        ctx.give_all_up();
        if again {
            self.term.ends(End::Left);
        } else {
            let me = ctx.core.me.addr.clone();
            self.send_off(ctx, me, !drain, None);
        }
    }

    /// Somebody wants a living gateway to lose its groups.
    pub(super) fn drain_living(&mut self, ctx: &mut Ctx<'_>, call: CallId, addr: GatewayAddr) {
        if !self.members.get(&addr).is_some_and(Member::joined) {
            let what = format!("gateway {addr} in the fleet; see `gateways`");
            return ctx.reply(call, Reply::Done(Err(PeerError::NotFound { what })));
        }
        let candidates = self.candidates(ctx.now);
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
        wait_too(ctx, self.drains.entry(addr).or_default(), call);
    }

    /// Marks a gateway as one that loses its groups, and proposes them.
    pub(super) fn start_draining(&mut self, ctx: &mut Ctx<'_>, addr: &GatewayAddr) {
        if self.is_draining(addr) || !self.members.set_draining(addr, true) {
            return;
        }
        if *addr == ctx.core.me.addr {
            ctx.core.draining = true;
        }
        let groups = ctx.core.groups.of(addr);
        ctx.info(format!("{addr} is drained; it has {} groups", groups.len()));
        for group in groups {
            self.proposals.add(group, Cause::Drain);
        }
    }

    /// Whether a gateway's groups are to move: it drains, or leaves and does not keep them.
    pub(super) fn loses_groups(&self, addr: &GatewayAddr) -> bool {
        self.is_draining(addr) || self.leaves_groups(addr)
    }

    /// Whether a gateway leaves, and does not keep its groups.
    pub(super) fn leaves_groups(&self, addr: &GatewayAddr) -> bool {
        self.leaving.contains_key(addr) && !self.keeps.contains(addr)
    }

    /// Another process has taken the place of one that was leaving, or was drained: it is not the one
    /// that was to lose its groups, and has them now.
    pub(super) fn comes_back(&mut self, ctx: &mut Ctx<'_>, addr: &GatewayAddr) {
        self.keeps.remove(addr);
        // Who left has given up everything, and has nothing to wait for.
        for call in self.leaving.remove(addr).unwrap_or_default() {
            ctx.reply(call, Reply::Done(Ok(())));
        }
        for call in self.drains.remove(addr).unwrap_or_default() {
            let why = format!(
                "the gateway at {addr} was started again meanwhile, and keeps its groups: to move \
                 them all the same, drain it again"
            );
            ctx.reply(call, Reply::Done(Err(PeerError::Refused { why })));
        }
    }

    /// Whether this very process has left a moment ago.
    pub(super) fn has_left(&self, record: &GatewayRecord, now: Moment) -> bool {
        let left = self.left.get(&record.addr);
        left.is_some_and(|(process, until)| *process == record.incarnation && now < *until)
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
            self.keeps.insert(addr.clone());
        } else {
            self.keeps.remove(&addr);
            self.start_draining(ctx, &addr);
            // One that is not a member can't be marked, and may have groups all the same.
            for group in ctx.core.groups.of(&addr) {
                self.proposals.add(group, Cause::Drain);
            }
        }
        let waiting = self.leaving.entry(addr).or_default();
        if let Some(call) = call {
            wait_too(ctx, waiting, call);
        }
    }

    /// Lets those go whose groups have moved, or have nowhere to move to.
    pub(super) fn let_go(&mut self, ctx: &mut Ctx<'_>) {
        self.answer_drains(ctx);
        if self.leaving.is_empty() {
            return;
        }
        let me = &ctx.core.me.addr;
        let nowhere = self.is_alone(ctx);
        let moved = |addr: &GatewayAddr| self.keeps.contains(addr) || self.has_none(ctx, addr);
        let free: Vec<GatewayAddr> = self
            .leaving
            .keys()
            .filter(|addr| {
                !self.dismissals.contains(*addr) && !self.chain.in_flight().dismisses(addr)
            })
            .filter(|addr| nowhere || moved(addr))
            // The leader goes last: nobody else could serve the others.
            .filter(|addr| nowhere || *addr != me || self.leaving.len() == 1)
            .cloned()
            .collect();
        for addr in free {
            self.dismiss(ctx, &addr);
        }
    }

    /// What this leader says when its groups have gone to others: they need not wait for the next one to
    /// hear of it.
    fn last_words(&self, ctx: &Ctx<'_>) -> Resigned {
        let epoch = self.term.epoch();
        if !self.term.has_settled() {
            // It does not know everything.
            return Resigned::silent(epoch);
        }
        let stamp = ctx.core.applied;
        let (after, news) = self.log.newest();
        Resigned {
            epoch,
            after,
            stamp,
            news: news.into(),
        }
    }

    /// First to those who have got something by them: there is only so much time.
    pub(super) fn say_last_words(&self, ctx: &mut Ctx<'_>) {
        let resigned = self.last_words(ctx);
        let takers = resigned.takers();
        let takes = |record: &&GatewayRecord| takers.contains(&record.addr);
        let me = ctx.core.me.addr.clone();
        let stored = self.stored.values().map(|stored| &stored.gateway);
        let others = stored.filter(|record| record.addr != me);
        let (takers, rest): (Vec<_>, Vec<_>) = others.partition(takes);
        for record in takers.into_iter().chain(rest) {
            ctx.out.push(Effect::TellResigned {
                to: record.rpc.clone(),
                resigned: resigned.clone(),
            });
        }
    }

    /// Whether a gateway has no groups, and is not about to get any.
    fn has_none(&self, ctx: &Ctx<'_>, addr: &GatewayAddr) -> bool {
        self.loading.is_whole()
            && ctx.core.groups.count(addr) == 0
            && !self.chain.in_flight().assigns_to(addr)
    }

    fn answer_drains(&mut self, ctx: &mut Ctx<'_>) {
        // A gateway that is gone has groups until they have moved.
        let done = |addr: &&GatewayAddr| self.has_none(ctx, addr);
        let done: Vec<GatewayAddr> = self.drains.keys().filter(done).cloned().collect();
        for call in done
            .iter()
            .filter_map(|addr| self.drains.remove(addr))
            .flatten()
        {
            ctx.reply(call, Reply::Done(Ok(())));
        }
    }

    /// A gateway is no longer in the stored set.
    pub(super) fn dismissed(&mut self, ctx: &mut Ctx<'_>, addr: &GatewayAddr) {
        let Some(calls) = self.leaving.remove(addr) else {
            return;
        };
        if ctx.core.groups.count(addr) == 0 {
            self.keeps.remove(addr);
        }
        self.revoking.gone(addr);
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
            self.term.ends(End::Left);
        }
    }
}

/// The most calls that wait for the same gateway to go, or to be drained.
const MAX_WAITING: usize = 64;

/// Lets a call wait with others; where there are too many, the oldest has most likely been given up.
fn wait_too(ctx: &mut Ctx<'_>, waiting: &mut Vec<CallId>, call: CallId) {
    if waiting.len() >= MAX_WAITING {
        let error = PeerError::not_available("many others wait for the same; it goes on");
        ctx.reply(waiting.remove(0), Reply::Done(Err(error)));
    }
    waiting.push(call);
}
