//! Heartbeats: what a gateway says is taken in, and what it has not heard yet is answered.

use std::sync::Arc;
use std::time::Duration;

use groupkeeper_membership::Outcome;
use groupkeeper_types::mutation::{self, Mutation};
use groupkeeper_types::{GatewayAddr, Timing};

use super::Leader;
use super::cut_off::others_could_lead;
use super::term::End;
use crate::machine::core::Ctx;
use crate::machine::{CallId, Reply};
use crate::peer::{Ack, Heartbeat, PeerError};

impl Leader {
    /// A gateway is alive, and hears what it has not heard yet.
    pub(super) fn heartbeat(&mut self, ctx: &mut Ctx<'_>, call: CallId, heartbeat: &Heartbeat) {
        let answer = self.answer(ctx, heartbeat);
        ctx.reply(call, Reply::Ack(answer));
    }

    fn answer(&mut self, ctx: &mut Ctx<'_>, heartbeat: &Heartbeat) -> Result<Ack, PeerError> {
        self.may_answer(ctx, heartbeat)?;
        let deaf = self.hear(ctx, heartbeat)?;
        self.facts.roster.relist(ctx.now);
        let ack = self.acknowledge(ctx, heartbeat, deaf);
        if mutation::is_on(Mutation::RevokeOnce) {
            self.planner.take_for_told(&heartbeat.gateway.addr);
        }
        Ok(ack)
    }

    /// Whether this leader is the one to answer, and the gateway one to be answered.
    fn may_answer(&mut self, ctx: &mut Ctx<'_>, heartbeat: &Heartbeat) -> Result<(), PeerError> {
        let not_leader = PeerError::NotLeader { leader: None };
        let term = &mut self.facts.term;
        if term.is_beyond(heartbeat.epoch) {
            let why = format!("its epoch {} is beyond any that has begun", heartbeat.epoch);
            return Err(PeerError::Refused { why });
        }
        if heartbeat.epoch > term.epoch() {
            ctx.core.see(heartbeat.epoch);
            term.ends(End::Deposed);
            return Err(not_leader);
        }
        if self.facts.departures.has_left(&heartbeat.gateway, ctx.now) {
            let why = "it has left; this heartbeat was sent before".to_owned();
            return Err(PeerError::Refused { why });
        }
        if others_could_lead(ctx, &self.chain, heartbeat) {
            term.ends(End::CutOff);
            return Err(not_leader);
        }
        if term.is_of_another_history(heartbeat) {
            ctx.core.epochs.raise_floor_if(true);
            let error = PeerError::not_available("the floor of all tokens is being raised");
            return Err(error);
        }
        Ok(())
    }

    /// Takes in what a gateway says; whether it is deaf.
    fn hear(&mut self, ctx: &mut Ctx<'_>, heartbeat: &Heartbeat) -> Result<bool, PeerError> {
        let addr = &heartbeat.gateway.addr;
        let (deaf, taken) = self.facts.roster.hear(ctx, heartbeat);
        match taken {
            Ok(Outcome::Renewed) => {}
            Ok(Outcome::Joined { .. }) => self.joined(ctx, addr),
            Ok(Outcome::Replaced { .. }) => self.replaced(ctx, addr),
            Err(error) => {
                let why = error.to_string();
                return Err(PeerError::Refused { why });
            }
        }
        let same_leader = heartbeat.epoch == self.facts.term.epoch();
        if same_leader && heartbeat.members_version != 0 {
            self.lending.is_heard(ctx, heartbeat.unanswered);
        }
        if same_leader {
            self.planner
                .hear(&self.facts, addr, heartbeat.revokes_heard);
        }
        if heartbeat.draining {
            self.start_draining(ctx, addr);
        }
        if !deaf {
            let in_flight = self.chain.in_flight();
            self.facts.admit(heartbeat.gateway.clone(), in_flight);
        }
        Ok(deaf)
    }

    fn joined(&mut self, ctx: &mut Ctx<'_>, addr: &GatewayAddr) {
        self.facts.departures.returns(addr);
        let in_flight = self.chain.in_flight();
        self.planner.revoke_in_flight(ctx, in_flight, addr);
        // It was taken for gone while somebody waited for its groups to move.
        if self.facts.departures.is_drained(addr) {
            self.start_draining(ctx, addr);
        }
    }

    fn replaced(&mut self, ctx: &mut Ctx<'_>, addr: &GatewayAddr) {
        self.facts.departures.comes_back(ctx, addr);
        self.planner.start_over(ctx, &self.facts, addr);
    }

    /// What the gateway has not heard yet, and how long it may act.
    fn acknowledge(&mut self, ctx: &mut Ctx<'_>, heartbeat: &Heartbeat, deaf: bool) -> Ack {
        let gateway = &heartbeat.gateway;
        let mut changes = self.log.since(heartbeat.applied, ctx.core.known.applied);
        if self.facts.term.record().has(heartbeat.stood) {
            let in_flight = self.chain.in_flight();
            self.planner
                .take_back(ctx, &self.facts, in_flight, heartbeat, &mut changes);
        }
        let facts = &self.facts;
        let (term, list) = (&facts.term, facts.roster.list());
        let same_leader = heartbeat.epoch == term.epoch();
        let in_session = same_leader && heartbeat.members_version != 0;
        let has_list = same_leader && heartbeat.members_version == list.version;
        Ack {
            epoch: term.epoch(),
            stamp: term.announced_up_to(ctx.core.known.applied),
            changes,
            members: (!has_list).then(|| Arc::clone(list)),
            standing: facts.standing(gateway),
            lease: if deaf && !mutation::is_on(Mutation::DeafLeased) {
                Duration::ZERO
            } else {
                self.lease_for(ctx, gateway)
            },
            inherited: term.inherited().settled,
            lineage: (!in_session).then(|| term.record().lineage.clone()),
            inherited_over: term.inherited_over(),
            token_floor: facts.token_floor(gateway),
            revokes: self.planner.to_tell(&gateway.addr),
            // Who hears this is deaf no longer, and is to say so.
            ask_again: if deaf {
                Some(Timing::SHORTEST)
            } else {
                self.ask_again(ctx, &gateway.addr)
            },
        }
    }
}
