//! The gateway that does not decide.

mod confirming;
mod hearing;
mod heartbeats;
mod parting;
mod search;
mod session;
mod unanswered;

use std::sync::Arc;

use groupkeeper_assignment_store::{LeaderRecord, ReadError};
use groupkeeper_types::Moment;
use groupkeeper_types::mutation::{self, Mutation};

use self::hearing::{cache, hear_last_words, heed};
use self::heartbeats::Heartbeats;
use self::parting::{Parting, finish};
use self::search::Search;
use self::session::Session;
use super::core::{Core, Ctx, Stopping};
use super::take_over::TakeOver;
use super::{Answer, CallId, Effect, Head, Input, OpId, Reply, Turn};
use crate::peer::{Ack, Found, Heartbeat, LeaderView, MemberList, PeerError, Resigned, Role};

/// A gateway that does not lead: it looks for the leader in the store's record, and holds a session
/// with it by heartbeats.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Follower {
    search: Search,
    heartbeats: Heartbeats,
    session: Session,
    parting: Parting,
}

impl Follower {
    /// A follower that has led, or was about to: what is shown stays.
    pub(super) fn knowing(members: Arc<MemberList>) -> Self {
        Self {
            session: Session::showing(members),
            ..Self::default()
        }
    }

    pub(super) fn step(&mut self, ctx: &mut Ctx<'_>, input: Input) -> Turn {
        match input {
            Input::Tick | Input::Lock(_) | Input::Abandon { .. } => {}
            Input::Answer { op, answer } => self.answer(ctx, op, answer),
            Input::Heartbeat { call, .. } => {
                ctx.reply(call, Reply::Ack(Err(self.not_leader())));
            }
            Input::Leave { call, .. } | Input::Drain { call, .. } => {
                ctx.reply(call, Reply::Done(Err(self.not_leader())));
            }
            Input::Assign { call, .. } | Input::Reassign { call, .. } => {
                ctx.reply(call, Reply::Found(Err(self.not_leader())));
            }
            Input::Learned(found) => self.learned(ctx, &found),
            Input::Resigned(resigned) => self.resigned(ctx, &resigned),
            Input::Stop { call, drain } => self.stop(ctx, call, drain),
        }
        self.act(ctx)
    }

    pub(super) fn deadline(&self, core: &Core) -> Moment {
        if core.presence.stopping == Stopping::Done {
            return Moment::NEVER;
        }
        let look = self.search.deadline(core);
        if self.search.leader().is_none() {
            return look;
        }
        let leave = self.parting.deadline(core);
        look.min(self.heartbeats.deadline()).min(leave)
    }

    pub(super) fn head(&self, core: &Core) -> Head {
        let leader = self.search.leader().map(|record| LeaderView {
            addr: record.leader.clone(),
            rpc: record.rpc.clone(),
            // What it said itself may be newer than its record as it was read.
            epoch: self
                .session
                .epoch()
                .map_or(record.epoch, |it| it.max(record.epoch)),
        });
        Head {
            role: Role::Follower,
            leader,
            lock_owner: core.lock_owner(),
            applied: core.known.applied,
            fresh_until: self.session.fresh_until(),
            lease_until: core.known.holdings.lease_until(),
            token_floor: core.known.holdings.token_floor(),
            members: self.session.members().clone(),
            standing: self.session.standing(),
            groups_known: core.known.groups.len(),
            assignments: None,
            unreadable: 0,
            set_aside: 0,
            restored: 0,
            behind: 0,
            problem: core.output.problem().cloned(),
        }
    }

    /// Does what is due.
    fn act(&mut self, ctx: &mut Ctx<'_>) -> Turn {
        if ctx.core.presence.stopping == Stopping::Done {
            return Turn::Stay;
        }
        if ctx.now < ctx.core.term_end() && ctx.core.presence.stopping == Stopping::No {
            return Turn::TakeOver(TakeOver::new(std::mem::take(self)));
        }
        if ctx.now >= self.heartbeats.deadline() {
            self.send_heartbeat(ctx);
        }
        self.search.go_on(ctx);
        if let Some(leader) = self.search.leader()
            && ctx.now >= self.parting.deadline(ctx.core)
        {
            self.parting.ask(ctx, leader.rpc.clone());
        }
        Turn::Stay
    }

    fn send_heartbeat(&mut self, ctx: &mut Ctx<'_>) {
        let Some(leader) = self.search.leader() else {
            return;
        };
        let (members_version, revokes_heard) = self.session.heard(leader.epoch);
        let heartbeat = Heartbeat {
            gateway: ctx.core.me.clone(),
            announce: !ctx.core.presence.announced,
            epoch: ctx.core.epochs.seen(),
            stood: ctx.core.epochs.stood(),
            applied: ctx.core.known.applied,
            members_version,
            revokes_heard,
            given_up: ctx.core.known.holdings.given_up(),
            draining: ctx.core.presence.draining,
            unanswered: self.heartbeats.unanswered(ctx, leader.incarnation),
            store_decides: self.search.has_confirmed(ctx, leader.incarnation),
        };
        let (op, to) = (ctx.op(), leader.rpc.clone());
        self.heartbeats.sent(op, ctx.now);
        ctx.out.push(Effect::Heartbeat { op, to, heartbeat });
    }

    fn answer(&mut self, ctx: &mut Ctx<'_>, op: OpId, answer: Answer) {
        match answer {
            Answer::Record(result) if self.search.is_by(op) => self.looked(ctx, result),
            Answer::Written(result) => self.search.confirmed(ctx, op, &result),
            Answer::Acked(result) => {
                let leader = self.search.leader();
                match (self.heartbeats.answered(op, &result, leader), result) {
                    (None, _) => {}
                    (Some(sent), Ok(ack)) => self.acked(ctx, sent, &ack),
                    (Some(_), Err(error)) => self.not_acked(ctx, error),
                }
            }
            Answer::Left(result) => self.left(ctx, op, result),
            _ => {}
        }
    }

    fn looked(&mut self, ctx: &mut Ctx<'_>, result: Result<Option<LeaderRecord>, ReadError>) {
        if self.search.looked(ctx, result) {
            // Whatever is on its way to the one before is not worth waiting for.
            self.heartbeats.drop_flight();
            self.heartbeats.next_at(ctx.now);
            self.parting.start_over(ctx.now);
        }
    }

    fn acked(&mut self, ctx: &mut Ctx<'_>, sent: Moment, ack: &Ack) {
        let sent = if mutation::is_on(Mutation::LeaseFromReceipt) {
            ctx.now
        } else {
            sent
        };
        if !ctx.core.see(ack.epoch) {
            return self.search.lose_leader(ctx);
        }
        // Whoever answers may have begun another epoch since the record was read.
        let known = self.search.leader().is_some_and(|it| it.epoch == ack.epoch);
        let longest = self.search.longest_lease(ctx.core);
        heed(ctx, sent, longest, ack);
        self.session.acknowledged(ctx, sent, longest, ack);
        self.heartbeats.acknowledged(ctx, sent, longest, ack);
        let doubtful = self
            .session
            .is_doubtful(ctx, ack.lease.min(longest), longest);
        self.search.session_goes_on(ctx, known, doubtful);
    }

    fn not_acked(&mut self, ctx: &mut Ctx<'_>, error: PeerError) {
        let timing = ctx.core.timing();
        let (retry, usual) = (timing.retry_every, timing.heartbeat_every);
        match error {
            PeerError::NotLeader { .. } => return self.search.lose_leader(ctx),
            PeerError::Refused { why } => {
                ctx.problem(format!("the leader does not let this gateway in: {why}"));
                self.heartbeats.next_at(ctx.now + usual);
            }
            _ => self.heartbeats.next_at(ctx.now + retry),
        }
        self.search.look_now(ctx);
    }

    fn left(&mut self, ctx: &mut Ctx<'_>, op: OpId, result: Result<(), PeerError>) {
        if self.parting.answered(ctx, op, result) {
            self.search.lose_leader(ctx);
        }
    }

    /// Caches an answer, unless it may be older than what has been applied since it was given.
    fn learned(&self, ctx: &mut Ctx<'_>, found: &Found) {
        let late = found.as_of < ctx.core.known.applied;
        if self.session.is_of(found.as_of) && !late {
            cache(ctx, &found.decision);
        }
    }

    fn resigned(&mut self, ctx: &mut Ctx<'_>, resigned: &Resigned) {
        if resigned.epoch < ctx.core.epochs.seen() {
            return;
        }
        let same = self.session.epoch() == Some(resigned.epoch);
        if same && resigned.follows(ctx.core.known.applied) {
            // What that leader sent before is older, and no longer heard.
            self.heartbeats.drop_flight();
            hear_last_words(ctx, resigned);
        }
        self.search.leader_resigned(ctx);
        ctx.lock_may_be_free();
    }

    fn stop(&mut self, ctx: &mut Ctx<'_>, call: CallId, drain: bool) {
        let again = ctx.core.presence.stopping != Stopping::No;
        ctx.core.presence.stopping = Stopping::Asked { call, drain };
        ctx.out.push(Effect::QuitLock);
        ctx.give_all_up();
        if !drain && (again || self.search.leader().is_none()) {
            finish(ctx, Ok(()));
        }
    }

    fn not_leader(&self) -> PeerError {
        PeerError::NotLeader {
            leader: self.search.leader().map(|leader| leader.rpc.clone()),
        }
    }
}
