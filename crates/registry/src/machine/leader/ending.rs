//! How a term ends. Whoever waits is told, and the lock goes on.

use groupkeeper_assignment_store::GatewayRecord;
use groupkeeper_types::Stamp;

use super::Leader;
use super::term::End;
use crate::machine::candidacy::Candidacy;
use crate::machine::core::{Ctx, Stopping};
use crate::machine::follower::Follower;
use crate::machine::take_over::TakeOver;
use crate::machine::{Effect, Input, Reply, Turn};
use crate::peer::{PeerError, Resigned};

impl Leader {
    /// Ends the term: who waits is answered, and others may lead.
    pub(super) fn stop_leading(&mut self, ctx: &mut Ctx<'_>, end: End) -> Turn {
        let epoch = self.facts.term.epoch();
        if !self.facts.term.has_settled() {
            // What is known here can't be the base of anybody's cache.
            ctx.core.known.applied = Stamp::ZERO;
        }
        if ctx.core.known.groups.len() > ctx.core.config.cached_groups {
            ctx.forget_all();
        }
        for call in self
            .chain
            .take_calls()
            .into_iter()
            .chain(self.planner.take_calls())
        {
            ctx.reply(
                call,
                Reply::Found(Err(PeerError::NotLeader { leader: None })),
            );
        }
        for call in self.audit.take_calls() {
            ctx.reply(
                call,
                Reply::Found(Err(PeerError::NotLeader { leader: None })),
            );
        }
        for call in self.facts.departures.take_calls() {
            ctx.reply(
                call,
                Reply::Done(Err(PeerError::NotLeader { leader: None })),
            );
        }
        match end {
            End::TermOver => {
                ctx.alarm(format!(
                    "{} no longer leads: it could not renew its lock; epoch {epoch} is over",
                    ctx.core.me.addr
                ));
                // Who hears nothing may be heard: each of its tries would keep the lock from others.
                if self.chain.is_silent(ctx) {
                    ctx.stand_back(Candidacy::pause(ctx.core.timing()));
                }
            }
            End::Deposed => {
                ctx.alarm(format!(
                    "{} no longer leads: a newer epoch than {epoch} has begun",
                    ctx.core.me.addr
                ));
                let pause = self.lending.lets_lead_for(ctx);
                ctx.stand_back(pause);
            }
            End::CutOff => {
                ctx.alarm(format!(
                    "{} no longer leads: the store has not confirmed its record for longer than a lease, \
                     and others may have it; epoch {epoch} is over",
                    ctx.core.me.addr
                ));
                ctx.stand_back(Candidacy::pause(ctx.core.timing()));
            }
            End::Again if ctx.core.presence.stopping == Stopping::No => {
                return Turn::TakeOver(TakeOver::new(Follower::knowing(
                    self.facts.roster.list().clone(),
                )));
            }
            End::Again => {}
            End::Left => {
                ctx.info(format!(
                    "{} resigns: epoch {epoch} is over",
                    ctx.core.me.addr
                ));
                ctx.out.push(Effect::QuitLock);
                self.say_last_words(ctx);
            }
        }
        if let Stopping::Asked { call, drain } = ctx.core.presence.stopping {
            if end != End::Left {
                ctx.out.push(Effect::QuitLock);
            }
            // Who has not handed over yet asks the next leader to.
            if end == End::Left || !drain {
                ctx.core.presence.stopping = Stopping::Done;
                ctx.reply(call, Reply::Done(Ok(())));
            }
        }
        Turn::Follow(Follower::knowing(self.facts.roster.list().clone()))
    }

    /// First to those who have got something by them: there is only so much time.
    fn say_last_words(&self, ctx: &mut Ctx<'_>) {
        let term = &self.facts.term;
        let resigned = if term.has_settled() {
            self.log.last_words(term.epoch(), ctx.core.known.applied)
        } else {
            // It does not know everything.
            Resigned::silent(term.epoch())
        };
        let takers = resigned.takers();
        let takes = |record: &&GatewayRecord| takers.contains(&record.addr);
        let me = ctx.core.me.addr.clone();
        let others = self.facts.stored.gateways().filter(|it| it.addr != me);
        let (takers, rest): (Vec<_>, Vec<_>) = others.partition(takes);
        for record in takers.into_iter().chain(rest) {
            ctx.out.push(Effect::TellResigned {
                to: record.rpc.clone(),
                resigned: resigned.clone(),
            });
        }
    }
}

/// Answers a question that arrived too late.
pub(super) fn refuse(ctx: &mut Ctx<'_>, input: &Input) {
    let error = PeerError::NotLeader { leader: None };
    match *input {
        Input::Heartbeat { call, .. } => ctx.reply(call, Reply::Ack(Err(error))),
        Input::Leave { call, .. } | Input::Drain { call, .. } => {
            ctx.reply(call, Reply::Done(Err(error)));
        }
        Input::Assign { call, .. } | Input::Reassign { call, .. } => {
            ctx.reply(call, Reply::Found(Err(error)));
        }
        Input::Stop { call, drain } => ctx.core.presence.stopping = Stopping::Asked { call, drain },
        _ => {}
    }
}
