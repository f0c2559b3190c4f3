//! Which gateways are alive. What they have, and which of them the store knows, is not in it.

use std::sync::Arc;

use groupkeeper_assignment_store::{Admission, GatewayRecord, UnreadableGateway};
use groupkeeper_hashing::node_id;
use groupkeeper_membership::{Gateway, Member, Members, MembershipError, Outcome};
use groupkeeper_types::mutation::{self, Mutation};
use groupkeeper_types::{GatewayAddr, Moment};

use super::deaf::Deaf;
use crate::machine::core::Ctx;
use crate::peer::{Heartbeat, MemberList, MemberView};

/// The gateways by their heartbeats, this one's among them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Roster {
    members: Members,
    list: Arc<MemberList>,
    deaf: Deaf,
    /// Nobody who has not joined is gone before this moment: see `spare_unjoined`.
    spared_until: Moment,
    /// When somebody was taken for gone last.
    gone_at: Moment,
    next_own_heartbeat: Moment,
}

impl Roster {
    /// Nobody, at this moment.
    pub(super) fn new(ctx: &Ctx<'_>) -> Self {
        let wait = ctx.core.timing().wait();
        Self {
            members: Members::new(if mutation::is_on(Mutation::EarlyMove) {
                wait / 2
            } else {
                wait
            }),
            list: Arc::default(),
            deaf: Deaf::default(),
            spared_until: Moment::ZERO,
            gone_at: Moment::ZERO,
            next_own_heartbeat: ctx.now,
        }
    }

    pub(super) fn deadline(&self) -> Moment {
        let next = self.members.next_deadline().unwrap_or(Moment::NEVER);
        self.next_own_heartbeat.min(next)
    }

    /// Whether a gateway is alive, as far as this leader knows: expiry has been seen to.
    pub(super) fn is_alive(&self, addr: &GatewayAddr) -> bool {
        self.get(addr).is_some()
    }

    pub(super) fn get(&self, addr: &GatewayAddr) -> Option<&Member> {
        self.members.get(addr)
    }

    /// Everybody, sorted by address.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Member> {
        self.members.iter()
    }

    pub(super) fn healthy(&self, now: Moment) -> impl Iterator<Item = &Member> {
        self.members.healthy(now)
    }

    pub(super) fn placeable(&self, now: Moment) -> impl Iterator<Item = &Member> {
        self.members.placeable(now)
    }

    /// Whether no earlier process at this address can be acting any more.
    pub(super) fn is_settled(&self, addr: &GatewayAddr) -> bool {
        if mutation::is_on(Mutation::TwinAtOnce) {
            return true;
        }
        self.get(addr)
            .is_some_and(|member| member.settles_at().is_none())
    }

    /// Whether a gateway is marked as one that is to lose its groups.
    pub(super) fn is_draining(&self, addr: &GatewayAddr) -> bool {
        self.get(addr).is_some_and(|member| member.draining)
    }

    /// The processes that have joined.
    pub(super) fn joined(&self, now: Moment) -> Vec<GatewayRecord> {
        let record = |member: &Member| {
            Some(GatewayRecord {
                addr: member.addr.clone(),
                incarnation: member.incarnation()?,
                rpc: member.rpc()?.clone(),
            })
        };
        let joined = self.healthy(now).filter(|member| member.joined());
        joined.filter_map(record).collect()
    }

    /// When the first of them is gone, unless it is heard of before.
    pub(super) fn next_expiry(&self) -> Option<Moment> {
        self.members.next_expiry()
    }

    pub(super) fn gone_at(&self) -> Moment {
        self.gone_at
    }

    pub(super) fn spared_until(&self) -> Moment {
        self.spared_until
    }

    pub(super) fn list(&self) -> &Arc<MemberList> {
        &self.list
    }

    /// A leader is always alive to itself: its own heartbeat, when that is due. Whether it was.
    pub(super) fn beat_own_heart(&mut self, ctx: &mut Ctx<'_>) -> bool {
        if ctx.now < self.next_own_heartbeat {
            return false;
        }
        self.next_own_heartbeat = ctx.now + ctx.core.timing().heartbeat_every;
        if let Err(error) = self.members.register(gateway(&ctx.core.me), ctx.now) {
            ctx.problem(error.to_string());
        }
        true
    }

    /// A gateway's sign of life counts, unless it is deaf; whether it is.
    pub(super) fn hear(
        &mut self,
        ctx: &mut Ctx<'_>,
        heartbeat: &Heartbeat,
    ) -> (bool, Result<Outcome, MembershipError>) {
        let deaf = self.deaf.hear(ctx, &self.members, heartbeat);
        let gateway = gateway(&heartbeat.gateway);
        let taken = if deaf {
            Ok(Outcome::Renewed)
        } else if heartbeat.announce {
            self.members.register(gateway, ctx.now)
        } else {
            self.members.heartbeat(gateway, ctx.now)
        };
        (deaf, taken)
    }

    /// Gateways that have been silent for their whole lease are gone.
    ///
    /// They find a new leader in the store alone. While that is `silent`, whoever has not joined may live
    /// and not know where to; nor is it gone before it has had the time to look again.
    pub(super) fn expire(&mut self, ctx: &Ctx<'_>, silent: bool) -> Vec<Member> {
        if silent {
            self.spared_until = ctx.now + ctx.core.timing().rejoin_after_outage();
        }
        if ctx.now < self.spared_until && !mutation::is_on(Mutation::OutageHeldAgainst) {
            self.members.spare_unjoined(ctx.now, self.spared_until);
        }
        let gone = self.members.expire(ctx.now);
        if !gone.is_empty() {
            self.gone_at = ctx.now;
        }
        gone
    }

    /// A gateway has gone, and acts no more.
    pub(super) fn deregister(&mut self, addr: &GatewayAddr) -> Option<Member> {
        self.members.deregister(addr)
    }

    /// Marks a gateway as one that is to lose its groups; `false` when it is, or is not alive.
    pub(super) fn start_draining(&mut self, addr: &GatewayAddr) -> bool {
        !self.is_draining(addr) && self.members.set_draining(addr, true)
    }

    /// A gateway was in the stored set when this epoch began; whether there is room for it.
    pub(super) fn inherit(
        &mut self,
        ctx: &mut Ctx<'_>,
        admission: &Admission,
        until: Moment,
    ) -> bool {
        if mutation::is_on(Mutation::TableCleared) {
            return false;
        }
        let inherited = self.members.inherit(gateway(&admission.gateway), until);
        if let Err(error) = &inherited {
            ctx.alarm(format!(
                "the stored gateway {} is left out: {error}",
                admission.addr()
            ));
        }
        inherited.is_ok()
    }

    /// Something stood there that can't be read. Whichever process it is of may be acting, so nobody
    /// joins at that address before its lease is over.
    pub(super) fn inherit_unreadable(
        &mut self,
        ctx: &mut Ctx<'_>,
        found: &UnreadableGateway,
        until: Moment,
    ) {
        let (name, why) = (&found.name, &found.why);
        let Some(addr) = &found.addr else {
            return ctx.alarm(format!(
                "the stored gateway {name:?} can't be read: {why}; its name does not tell its address, \
                 and it stays: remove it"
            ));
        };
        ctx.alarm(format!(
            "the stored gateway {name:?} can't be read: {why}; it is written anew when {addr} joins: if \
             there is no such gateway, remove it"
        ));
        let id = node_id(addr);
        if let Err(error) = self.members.inherit_address(addr.clone(), id, until) {
            ctx.alarm(format!("the stored gateway {addr} is left out: {error}"));
        }
    }

    /// A gateway coordinates a group, registered or not.
    pub(super) fn inherit_named(&mut self, ctx: &mut Ctx<'_>, addr: &GatewayAddr, until: Moment) {
        let known = ctx.now >= until || self.is_alive(addr);
        if known || mutation::is_on(Mutation::TableCleared) {
            return;
        }
        let id = node_id(addr);
        if let Err(error) = self.members.inherit_named(addr.clone(), id, until) {
            ctx.alarm(format!("the coordinator {addr} is left out: {error}"));
        }
    }

    /// Numbers the list anew when it has changed.
    pub(super) fn relist(&mut self, now: Moment) {
        if self.list.version == self.members.version() {
            return;
        }
        let view = |member: &Member| MemberView {
            addr: member.addr.clone(),
            joined: member.joined(),
            draining: member.draining,
        };
        let members = self.members.healthy(now).map(view).collect();
        self.list = Arc::new(MemberList {
            version: self.members.version(),
            members,
        });
    }
}

fn gateway(record: &GatewayRecord) -> Gateway {
    Gateway {
        addr: record.addr.clone(),
        node_id: node_id(&record.addr),
        incarnation: record.incarnation,
        rpc: record.rpc.clone(),
    }
}

#[cfg(test)]
mod tests;
