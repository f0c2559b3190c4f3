use std::sync::Arc;
use std::time::Duration;

use groupkeeper_assignment_store::{Admission, GatewayRecord, UnreadableGateway};
use groupkeeper_hashing::node_id;
use groupkeeper_membership::{Gateway, Member, MembershipError, Outcome};
use groupkeeper_types::mutation::{self, Mutation};
use groupkeeper_types::{GatewayAddr, GroupName, Moment, Stamp, Timing};

use super::Leader;
use super::proposals::Cause;
use super::term::End;
use crate::machine::core::Ctx;
use crate::machine::{CallId, Reply};
use crate::peer::{Ack, Heartbeat, MemberList, MemberView, PeerError};

impl Leader {
    /// A gateway is alive, and hears what it has not heard yet.
    pub(super) fn heartbeat(&mut self, ctx: &mut Ctx<'_>, call: CallId, heartbeat: &Heartbeat) {
        let epoch = self.term.epoch();
        if self.term.is_beyond(heartbeat.epoch) {
            let why = format!("its epoch {} is beyond any that has begun", heartbeat.epoch);
            return ctx.reply(call, Reply::Ack(Err(PeerError::Refused { why })));
        }
        if heartbeat.epoch > epoch {
            ctx.core.see(heartbeat.epoch);
            self.term.ends(End::Deposed);
            return ctx.reply(call, Reply::Ack(Err(PeerError::NotLeader { leader: None })));
        }
        if self.has_left(&heartbeat.gateway, ctx.now) {
            let why = "it has left; this heartbeat was sent before".to_owned();
            return ctx.reply(call, Reply::Ack(Err(PeerError::Refused { why })));
        }
        if self.others_could_lead(ctx, heartbeat) {
            self.term.ends(End::CutOff);
            return ctx.reply(call, Reply::Ack(Err(PeerError::NotLeader { leader: None })));
        }
        if self.term.is_of_another_history(heartbeat) {
            ctx.core.raise_floor = true;
            let error = PeerError::not_available("the floor of all tokens is being raised");
            return ctx.reply(call, Reply::Ack(Err(error)));
        }
        let deaf = self.is_deaf(ctx, heartbeat);
        let gateway = gateway(&heartbeat.gateway);
        let taken = if deaf {
            Ok(Outcome::Renewed)
        } else if heartbeat.announce {
            self.members.register(gateway, ctx.now)
        } else {
            self.members.heartbeat(gateway, ctx.now)
        };
        match taken {
            Ok(Outcome::Renewed) => {}
            Ok(Outcome::Joined { .. }) => {
                self.keeps.remove(&heartbeat.gateway.addr);
                self.revoke_in_flight(ctx, &heartbeat.gateway.addr);
                // It was taken for gone while somebody waited for its groups to move.
                if self.drains.contains_key(&heartbeat.gateway.addr) {
                    self.start_draining(ctx, &heartbeat.gateway.addr);
                }
            }
            Ok(Outcome::Replaced { .. }) => {
                self.comes_back(ctx, &heartbeat.gateway.addr);
                let groups = &ctx.core.groups;
                // Of a group that is nobody's, as far as is known, any decision until now is revoked.
                let newest = self.term.record().stamp();
                let stamp = |group: &GroupName| groups.stamp(group).unwrap_or(newest);
                self.revoking.start_over(&heartbeat.gateway.addr, stamp);
                // They were to move with all the others; this process may keep them.
                for group in self.revoking.asked_of(&heartbeat.gateway.addr) {
                    if ctx.core.groups.coordinator(&group).is_some() {
                        self.proposals.add(group, Cause::Drain);
                    }
                }
            }
            Err(error) => return ctx.reply(call, Reply::Ack(Err(refused(&error)))),
        }
        let same_leader = heartbeat.epoch == epoch;
        let in_session = same_leader && heartbeat.members_version != 0;
        if in_session {
            self.is_heard(ctx, heartbeat.unanswered);
        }
        if same_leader {
            self.revoking
                .hear(&heartbeat.gateway.addr, heartbeat.revokes_heard);
            self.failing_over.look |= self.is_draining(&heartbeat.gateway.addr);
        }
        if heartbeat.draining {
            self.start_draining(ctx, &heartbeat.gateway.addr);
        }
        if !deaf {
            self.admit(heartbeat.gateway.clone());
        }
        self.relist(ctx);
        let mut changes = self.log.since(heartbeat.applied, ctx.core.applied);
        if self.term.record().has(heartbeat.stood) {
            self.take_back(ctx, heartbeat, &mut changes);
        }
        let has_list = same_leader && heartbeat.members_version == self.list.version;
        let ack = Ack {
            epoch: self.term.epoch(),
            stamp: self.term.announced_up_to(ctx.core.applied),
            changes,
            members: (!has_list).then(|| Arc::clone(&self.list)),
            standing: self.standing(&heartbeat.gateway),
            lease: if deaf && !mutation::is_on(Mutation::DeafLeased) {
                Duration::ZERO
            } else {
                self.lease_for(ctx, &heartbeat.gateway)
            },
            inherited: self.term.inherited().settled,
            lineage: (!in_session).then(|| self.term.record().lineage.clone()),
            inherited_over: self.term.inherited_over(),
            token_floor: self.token_floor(&heartbeat.gateway),
            revokes: self.revoking.to_tell(&heartbeat.gateway.addr),
            // Who hears this is deaf no longer, and is to say so.
            ask_again: if deaf {
                Some(Timing::SHORTEST)
            } else {
                self.ask_again(ctx, &heartbeat.gateway.addr)
            },
        };
        if mutation::is_on(Mutation::RevokeOnce) {
            self.revoking.take_for_told(&heartbeat.gateway.addr);
        }
        ctx.reply(call, Reply::Ack(Ok(ack)));
    }

    /// The least token under which a gateway may act.
    pub(super) fn token_floor(&self, record: &GatewayRecord) -> Stamp {
        let stored = self.stored.get(&record.addr);
        let admitted = stored.filter(|stored| stored.gateway == *record);
        let floor = self.term.record().floor;
        admitted.map_or(floor, |stored| stored.admitted.max(floor))
    }

    /// A commit has let a gateway in.
    pub(super) fn admitted(&mut self, ctx: &Ctx<'_>, gateway: GatewayRecord) {
        let admitted = ctx.core.applied;
        let admission = Admission { gateway, admitted };
        self.stored.insert(admission.addr().clone(), admission);
    }

    /// Wants a gateway in the stored set, unless it is there or on its way out. Not before an earlier
    /// process at its address is gone, since the next leader has to know of that one; and so not before
    /// the stored set has told whether there is one.
    pub(super) fn admit(&mut self, record: GatewayRecord) {
        let known = self.loading.knows_gateways();
        if !known || self.leaving.contains_key(&record.addr) || !self.is_settled(&record.addr) {
            return;
        }
        self.dismissals.remove(&record.addr);
        let stays = self.is_stored(&record) && !self.chain.in_flight().dismisses(&record.addr);
        if !stays && !self.chain.in_flight().admits(&record) {
            self.admissions.insert(record.addr.clone(), record);
        }
    }

    /// Wants every gateway in the stored set that has joined before anybody could say whether another
    /// process stood there.
    pub(super) fn admit_joined(&mut self, now: Moment) {
        let record = |member: &Member| {
            Some(GatewayRecord {
                addr: member.addr.clone(),
                incarnation: member.incarnation()?,
                rpc: member.rpc()?.clone(),
            })
        };
        let joined = self.members.healthy(now).filter(|it| it.joined());
        for record in joined.filter_map(record).collect::<Vec<_>>() {
            self.admit(record);
        }
    }

    /// A gateway was in the stored set when this epoch began.
    pub(super) fn inherit(&mut self, ctx: &mut Ctx<'_>, admission: Admission) {
        if mutation::is_on(Mutation::TableCleared) {
            return;
        }
        let gateway = gateway(&admission.gateway);
        if let Err(error) = self.members.inherit(gateway, self.term.grace_until()) {
            ctx.alarm(format!(
                "the stored gateway {} is left out: {error}",
                admission.addr()
            ));
            return;
        }
        self.stored.insert(admission.addr().clone(), admission);
    }

    /// Something stood there that can't be read. Whichever process it is of may be acting, so nobody
    /// joins at that address before its lease is over.
    pub(super) fn inherit_unreadable(&mut self, ctx: &mut Ctx<'_>, found: &UnreadableGateway) {
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
        let (id, until) = (node_id(addr), self.term.grace_until());
        if let Err(error) = self.members.inherit_address(addr.clone(), id, until) {
            ctx.alarm(format!("the stored gateway {addr} is left out: {error}"));
        }
    }

    /// A gateway coordinates a group, registered or not.
    pub(super) fn inherit_named(&mut self, ctx: &mut Ctx<'_>, addr: &GatewayAddr) {
        let known = ctx.now >= self.term.grace_until() || self.is_alive(addr);
        if known || mutation::is_on(Mutation::TableCleared) {
            return;
        }
        let id = node_id(addr);
        if let Err(error) = self
            .members
            .inherit_named(addr.clone(), id, self.term.grace_until())
        {
            ctx.alarm(format!("the coordinator {addr} is left out: {error}"));
        }
    }

    /// A leader is always alive to itself.
    pub(super) fn beat_own_heart(&mut self, ctx: &mut Ctx<'_>) {
        if ctx.now < self.next_own_heartbeat {
            return;
        }
        self.next_own_heartbeat = ctx.now + ctx.core.timing().heartbeat_every;
        if let Err(error) = self.members.register(gateway(&ctx.core.me), ctx.now) {
            ctx.problem(error.to_string());
        }
        if ctx.core.draining {
            let me = ctx.core.me.addr.clone();
            self.start_draining(ctx, &me);
        }
        self.admit(ctx.core.me.clone());
    }

    /// Gateways find a new leader in the store alone. While that does not answer, whoever has not joined
    /// may live and not know where to; nor is it gone before it has had the time to look again.
    fn spare_unjoined(&mut self, ctx: &Ctx<'_>) {
        if self.chain.is_silent(ctx) {
            self.spared_until = ctx.now + ctx.core.timing().rejoin_after_outage();
        }
        if ctx.now < self.spared_until && !mutation::is_on(Mutation::OutageHeldAgainst) {
            self.members.spare_unjoined(ctx.now, self.spared_until);
        }
    }

    /// Gateways that have been silent for their whole lease are gone, and their groups orphans.
    pub(super) fn expire(&mut self, ctx: &mut Ctx<'_>) {
        self.spare_unjoined(ctx);
        for gone in self.members.expire(ctx.now) {
            let count = ctx.core.groups.count(&gone.addr);
            if gone.incarnation().is_none() && count > 0 {
                ctx.alarm(format!(
                    "{count} groups were assigned to {}, where no gateway has shown itself: they are given \
                     to others",
                    gone.addr
                ));
            } else if count > 0 || self.stored.contains_key(&gone.addr) {
                ctx.info(format!(
                    "{} is silent and taken for gone; it had {count} groups",
                    gone.addr
                ));
            }
            // With one commit; before everything is known, each by itself.
            self.failing_over.look = true;
            self.gone_at = ctx.now;
            if !self.term.has_settled() {
                for group in ctx.core.groups.of(&gone.addr) {
                    self.proposals.add(group, Cause::Orphan);
                }
            }
            self.revoking.gone(&gone.addr);
            self.dismiss(ctx, &gone.addr);
        }
    }

    /// Wants a gateway out of the stored set.
    pub(super) fn dismiss(&mut self, ctx: &mut Ctx<'_>, addr: &GatewayAddr) {
        self.admissions.remove(addr);
        if self.stored.contains_key(addr) || self.chain.in_flight().touches(addr) {
            self.dismissals.insert(addr.clone());
        } else {
            self.dismissed(ctx, addr);
        }
    }

    /// Numbers the list anew when it has changed.
    pub(super) fn relist(&mut self, ctx: &Ctx<'_>) {
        if self.list.version == self.members.version() {
            return;
        }
        let view = |member: &Member| MemberView {
            addr: member.addr.clone(),
            joined: member.joined(),
            draining: member.draining,
        };
        let members = self.members.healthy(ctx.now).map(view).collect();
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

fn refused(error: &MembershipError) -> PeerError {
    PeerError::Refused {
        why: error.to_string(),
    }
}
