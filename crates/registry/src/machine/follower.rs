use std::sync::Arc;
use std::time::Duration;

use groupkeeper_assignment_store::{LeaderRecord, Lineage, ReadError};
use groupkeeper_types::mutation::{self, Mutation};
use groupkeeper_types::{Epoch, Moment, Timing};

use super::confirming::Confirming;
use super::core::{Core, Ctx, Stopping};
use super::hearing::{cache, hear};
use super::take_over::TakeOver;
use super::unanswered::Unanswered;
use super::{Answer, Effect, Head, Input, OpId, Reply, StoreWork, Turn};
use crate::peer::{
    Ack, Changes, Found, Heartbeat, LeaderView, Leave, MemberList, PeerError, Resigned, Role,
    Standing,
};

/// A gateway that does not lead: it looks for the leader in the store's record, and holds a session
/// with it by heartbeats.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Follower {
    leader: Option<LeaderRecord>,
    session: Option<Session>,
    /// The heartbeat under way, and when it was sent: a session counts from there.
    heartbeat: Option<(OpId, Moment)>,
    next_heartbeat: Moment,
    unanswered: Unanswered,
    /// The newest revoke of this session's leader that was acted on.
    revokes_heard: u64,
    look: Option<OpId>,
    confirming: Confirming,
    /// When to look for the leader; never, while the session goes well.
    next_look: Moment,
    /// The gateways as last heard of, to be shown while there is no session.
    members: Arc<MemberList>,
    /// Since when nothing could be read, or the record named another process at this address.
    troubled: Option<Moment>,
    leave: Option<OpId>,
    next_leave: Moment,
}

/// What a leader told, and until when it may be relied on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Session {
    epoch: Epoch,
    fresh_until: Moment,
    members: Arc<MemberList>,
    standing: Standing,
    /// Since when its leader has not stored this gateway; `None` where it has.
    unstored: Option<Moment>,
}

impl Follower {
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
        if core.stopping == Stopping::Done {
            return Moment::NEVER;
        }
        let heartbeat = match (&self.leader, self.heartbeat) {
            (Some(_), None) => self.next_heartbeat,
            _ => Moment::NEVER,
        };
        let look = if self.look.is_none() {
            self.next_look.min(core.candidacy.look_at())
        } else {
            Moment::NEVER
        };
        let leave = if self.leaves(core) {
            self.next_leave
        } else {
            Moment::NEVER
        };
        heartbeat.min(look).min(leave)
    }

    pub(super) fn head(&self, core: &Core) -> Head {
        let session = self.session.as_ref();
        let leader = self.leader.as_ref().map(|record| LeaderView {
            addr: record.leader.clone(),
            rpc: record.rpc.clone(),
            // What it said itself may be newer than its record as it was read.
            epoch: session.map_or(record.epoch, |it| it.epoch.max(record.epoch)),
        });
        Head {
            role: Role::Follower,
            leader,
            lock_owner: core.lock_owner(),
            applied: core.applied,
            fresh_until: match session {
                Some(_) if mutation::is_on(Mutation::StaleCache) => Moment::NEVER,
                Some(session) => session.fresh_until,
                None => Moment::ZERO,
            },
            lease_until: core.holdings.lease_until(),
            token_floor: core.holdings.token_floor(),
            members: self.members.clone(),
            standing: session.map(|session| session.standing),
            groups_known: core.groups.len(),
            assignments: None,
            unreadable: 0,
            set_aside: 0,
            restored: 0,
            behind: 0,
            problem: core.problem.clone(),
        }
    }

    /// Does what is due.
    fn act(&mut self, ctx: &mut Ctx<'_>) -> Turn {
        if ctx.core.stopping == Stopping::Done {
            return Turn::Stay;
        }
        if ctx.now < ctx.core.term_end() && ctx.core.stopping == Stopping::No {
            return Turn::TakeOver(TakeOver::new(std::mem::take(self)));
        }
        if self.heartbeat.is_none() && ctx.now >= self.next_heartbeat {
            self.send_heartbeat(ctx);
        }
        let look_at = self.next_look.min(ctx.core.candidacy.look_at());
        if self.look.is_none() && ctx.now >= look_at {
            self.look = Some(ctx.store(StoreWork::ReadRecord));
        }
        if self.leaves(ctx.core) && ctx.now >= self.next_leave {
            self.send_leave(ctx);
        }
        Turn::Stay
    }

    fn send_heartbeat(&mut self, ctx: &mut Ctx<'_>) {
        let Some(leader) = &self.leader else { return };
        let to = leader.rpc.clone();
        let known = self
            .session
            .as_ref()
            .filter(|session| session.epoch == leader.epoch);
        let heartbeat = Heartbeat {
            gateway: ctx.core.me.clone(),
            announce: !ctx.core.announced,
            epoch: ctx.core.seen,
            stood: ctx.core.stood,
            applied: ctx.core.applied,
            members_version: known.map_or(0, |session| session.members.version),
            revokes_heard: known.map_or(0, |_| self.revokes_heard),
            given_up: ctx.core.holdings.given_up(),
            draining: ctx.core.draining,
            unanswered: self.unanswered.by(leader.incarnation, ctx),
            store_decides: self.confirming.has_confirmed(ctx, leader.incarnation),
        };
        let op = ctx.op();
        self.heartbeat = Some((op, ctx.now));
        ctx.out.push(Effect::Heartbeat { op, to, heartbeat });
    }

    fn answer(&mut self, ctx: &mut Ctx<'_>, op: OpId, answer: Answer) {
        match answer {
            Answer::Record(result) if self.look == Some(op) => self.looked(ctx, result),
            Answer::Written(result) => self.confirming.answered(ctx, op, &result),
            Answer::Acked(result) => {
                let Some((_, sent)) = self.heartbeat.take_if(|(sent, _)| *sent == op) else {
                    return;
                };
                match (&result, &self.leader) {
                    (Err(PeerError::Unreachable { .. }), Some(leader)) => {
                        self.unanswered.lost(leader.incarnation, sent);
                    }
                    _ => self.unanswered = Unanswered::default(),
                }
                match result {
                    Ok(ack) => self.acked(ctx, sent, ack),
                    Err(error) => self.not_acked(ctx, error),
                }
            }
            Answer::Left(result) if self.leave == Some(op) => {
                self.leave = None;
                match result {
                    // Another leader may do it; whoever waits for it has a limit.
                    Err(error)
                        if error.is_retryable()
                            && matches!(ctx.core.stopping, Stopping::Asked { drain: true, .. }) =>
                    {
                        self.next_leave = ctx.now + ctx.core.timing().retry_every;
                        self.lose_leader(ctx);
                    }
                    result => finish(ctx, result),
                }
            }
            _ => {}
        }
    }

    fn looked(&mut self, ctx: &mut Ctx<'_>, result: Result<Option<LeaderRecord>, ReadError>) {
        self.look = None;
        self.next_look = ctx.now + ctx.core.timing().retry_every;
        self.confirming.looked(ctx, &result);
        match result {
            Ok(Some(record)) => {
                // Also a leader of an older epoch than one that was seen is told of that: it is deposed, or
                // leads on another copy of the store.
                ctx.core.see(record.epoch);
                // A record at this gateway's own address is from a term that it, or a process
                // before it, no longer holds.
                if record.leader == ctx.core.me.addr {
                    self.leader = None;
                    if record.incarnation != ctx.core.me.incarnation && self.lasts(ctx) {
                        ctx.trouble(format!(
                            "another process at {} was the last to lead, or leads: where two run, \
                             stop one, or give one another advertised address (--advertise)",
                            record.leader
                        ));
                    }
                    return;
                }
                let before = self
                    .leader
                    .as_ref()
                    .map(|known| (known.epoch, known.incarnation));
                if before != Some((record.epoch, record.incarnation)) {
                    // Whatever is on its way to the one before is not worth waiting for.
                    self.heartbeat = None;
                    self.leave = None;
                    self.next_heartbeat = ctx.now;
                    self.next_leave = ctx.now;
                }
                self.leader = Some(record);
            }
            Ok(None) => self.leader = None,
            // Whoever led may lead still: a store that can't be read says nothing.
            Err(error) if error.is_retryable() => {
                if self.lasts(ctx) {
                    ctx.trouble(error.to_string());
                }
            }
            Err(error) => ctx.problem(error.to_string()),
        }
    }

    fn acked(&mut self, ctx: &mut Ctx<'_>, mut sent: Moment, ack: Ack) {
        if mutation::is_on(Mutation::LeaseFromReceipt) {
            sent = ctx.now;
        }
        if !ctx.core.see(ack.epoch) {
            return self.lose_leader(ctx);
        }
        // Whoever answers may have begun another epoch since the record was read.
        let of_it = self.leader.as_ref().filter(|it| it.epoch == ack.epoch);
        let known = of_it.is_some();
        // Until it is in the stored set, the next leader may know another process at its address.
        ctx.core.announced |= ack.standing.is_stored();
        ctx.core.draining |= ack.standing == Standing::Draining;
        ctx.trouble_is_over();
        ctx.company();
        self.troubled = None;
        let lapsed = ctx.lapse();
        if ctx.core.stood != ack.epoch {
            let unknown = || Lineage::up_to(ack.inherited);
            let lineage = ack.lineage.unwrap_or_else(unknown);
            ctx.stand_on(ack.epoch, &lineage, ack.inherited);
        }
        match ack.changes {
            Changes::Reset => {
                ctx.forget_all();
                ctx.core.applied = ack.stamp;
            }
            Changes::Since(news) => {
                hear(ctx, &news);
                ctx.core.applied = ctx.core.applied.max(ack.stamp);
            }
        }
        for (group, stamp) in &ack.revokes.groups {
            if !mutation::is_on(Mutation::RevokeNotActedOn) {
                ctx.give_up(group, *stamp);
            }
        }
        self.revokes_heard = ack.revokes.number;
        ctx.set_inherited_over(ack.inherited_over);
        // From when the heartbeat was sent: the leader counts from when it got it, so that this
        // gateway always lets go first.
        let longest = self.longest_lease(ctx.core);
        let lease = ack.lease.min(longest);
        let ended = ctx.raise_token_floor(ack.token_floor);
        ctx.core.holdings.extend(sent + lease);
        if (lapsed || ended) && ctx.now < sent + lease {
            ctx.hold_again();
        }
        let before = self
            .session
            .take()
            .filter(|session| session.epoch == ack.epoch);
        let unstored = before.as_ref().and_then(|session| session.unstored);
        let unstored = (!ack.standing.is_stored()).then(|| unstored.unwrap_or(ctx.now));
        if let Some(list) = &ack.members {
            // Said there too, and sooner where it is not stored yet.
            let me = &ctx.core.me.addr;
            let drains = list.members.iter().any(|it| it.addr == *me && it.draining);
            ctx.core.draining |= drains;
        }
        let members = ack
            .members
            .or_else(|| before.map(|session| session.members));
        self.members = members.unwrap_or_default();
        self.session = Some(Session {
            epoch: ack.epoch,
            fresh_until: sent + longest,
            members: self.members.clone(),
            standing: ack.standing,
            unstored,
        });
        // Somebody waits for a group that was revoked.
        let asked = !ack.revokes.groups.is_empty();
        let usual = sent + ctx.core.timing().heartbeat_for(longest);
        let news_at = |after: Duration| ctx.now + after.max(Timing::SHORTEST);
        self.next_heartbeat = if asked {
            ctx.now
        } else {
            usual.min(ack.ask_again.map_or(Moment::NEVER, news_at))
        };
        // A leader that has not verified its record lately may be deposed without knowing it.
        let timing = ctx.core.timing();
        // Nor may one be able to lead that stores nobody for longer than an earlier process can be acting.
        let doubtful = match unstored {
            None => lease + 3 * timing.verify_every < longest,
            Some(since) => ctx.now.since(since) > timing.wait(),
        };
        self.confirming.leader_in_doubt = doubtful;
        self.next_look = if !known {
            ctx.now
        } else if doubtful {
            ctx.now + timing.retry_every
        } else {
            Moment::NEVER
        };
    }

    /// The longest lease that this gateway takes: its leader may be configured to give shorter ones, and
    /// then does not wait for longer.
    fn longest_lease(&self, core: &Core) -> Duration {
        let given = self.leader.as_ref().and_then(|record| record.leases);
        let own = core.timing().lease;
        given.map_or(own, |leases| leases.given.min(own))
    }

    fn not_acked(&mut self, ctx: &mut Ctx<'_>, error: PeerError) {
        let retry = ctx.now + ctx.core.timing().retry_every;
        match error {
            PeerError::NotLeader { .. } => return self.lose_leader(ctx),
            PeerError::Refused { why } => {
                ctx.problem(format!("the leader does not let this gateway in: {why}"));
                self.next_heartbeat = ctx.now + ctx.core.timing().heartbeat_every;
            }
            _ => self.next_heartbeat = retry,
        }
        self.next_look = self.next_look.min(ctx.now);
    }

    /// A follower that has led, or was about to: what is shown stays.
    pub(super) fn knowing(members: Arc<MemberList>) -> Self {
        Self {
            members,
            ..Self::default()
        }
    }

    /// Whether there has been trouble for longer than a change of leader takes.
    fn lasts(&mut self, ctx: &Ctx<'_>) -> bool {
        let since = *self.troubled.get_or_insert(ctx.now);
        ctx.now.since(since) > ctx.core.timing().leaderless()
    }

    fn lose_leader(&mut self, ctx: &Ctx<'_>) {
        self.leader = None;
        self.next_look = self.next_look.min(ctx.now + ctx.core.timing().retry_every);
    }

    /// Caches an answer, unless it may be older than what has been applied since it was given.
    fn learned(&self, ctx: &mut Ctx<'_>, found: &Found) {
        // Of this session's leader: one before it may have told of what the store lost since.
        let same = |session: &Session| session.epoch == found.as_of.epoch;
        let late = found.as_of < ctx.core.applied;
        if self.session.as_ref().is_some_and(same) && !late {
            cache(ctx, &found.decision);
        }
    }

    /// Takes a resigned leader's decisions as one of its acknowledgements: they are of the epoch that
    /// this gateway's session is of. What that leader sent before is older, and no longer heard.
    fn hear_last_words(&mut self, ctx: &mut Ctx<'_>, resigned: &Resigned) {
        let epoch = self.session.as_ref().map(|session| session.epoch);
        if epoch != Some(resigned.epoch) || !resigned.follows(ctx.core.applied) {
            return;
        }
        self.heartbeat = None;
        ctx.lapse();
        let applied = ctx.core.applied;
        let unheard = resigned.news.iter().filter(|news| news.stamp() > applied);
        hear(ctx, unheard);
        ctx.core.applied = resigned.stamp;
    }

    fn resigned(&mut self, ctx: &mut Ctx<'_>, resigned: &Resigned) {
        if resigned.epoch < ctx.core.seen {
            return;
        }
        self.hear_last_words(ctx, resigned);
        self.leader = None;
        self.next_look = ctx.now + ctx.core.timing().retry_every;
        ctx.lock_may_be_free();
    }

    fn stop(&mut self, ctx: &mut Ctx<'_>, call: super::CallId, drain: bool) {
        let again = ctx.core.stopping != Stopping::No;
        ctx.core.stopping = Stopping::Asked { call, drain };
        ctx.out.push(Effect::QuitLock);
        ctx.give_all_up();
        if !drain && (again || self.leader.is_none()) {
            finish(ctx, Ok(()));
        }
    }

    /// Whether a leader is to be asked to move this gateway's groups.
    fn leaves(&self, core: &Core) -> bool {
        matches!(core.stopping, Stopping::Asked { .. })
            && self.leader.is_some()
            && self.leave.is_none()
    }

    fn send_leave(&mut self, ctx: &mut Ctx<'_>) {
        let Some(leader) = &self.leader else { return };
        let to = leader.rpc.clone();
        let leave = Leave {
            gateway: ctx.core.me.addr.clone(),
            incarnation: ctx.core.me.incarnation,
            keep_groups: matches!(ctx.core.stopping, Stopping::Asked { drain: false, .. }),
        };
        let op = ctx.op();
        self.leave = Some(op);
        ctx.out.push(Effect::Leave { op, to, leave });
    }

    fn not_leader(&self) -> PeerError {
        PeerError::NotLeader {
            leader: self.leader.as_ref().map(|leader| leader.rpc.clone()),
        }
    }
}

/// Ends a stop: from here on the machine does nothing.
fn finish(ctx: &mut Ctx<'_>, result: Result<(), PeerError>) {
    if let Stopping::Asked { call, .. } = ctx.core.stopping {
        ctx.core.stopping = Stopping::Done;
        ctx.reply(call, Reply::Done(result));
    }
}
