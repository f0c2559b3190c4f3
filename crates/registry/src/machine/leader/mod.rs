//! The gateway that decides.

mod asking_again;
mod beside;
mod chain;
mod cut_off;
mod deaf;
mod deciding;
mod failing_over;
mod findings;
mod gathering;
mod leases;
mod leaving;
mod lending;
mod loading;
mod log;
mod other_copies;
mod proposals;
mod questions;
mod revoking;
mod scrub;
mod sessions;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use groupkeeper_assignment_store::{Admission, GatewayRecord, LeaderRecord};
use groupkeeper_membership::Members;
use groupkeeper_types::mutation::{self, Mutation};
use groupkeeper_types::{GatewayAddr, GroupName, Incarnation, Moment, Stamp};

use self::chain::Chain;
use self::deaf::Deaf;
use self::failing_over::FailingOver;
use self::findings::Findings;
use self::lending::Lending;
use self::loading::{Loading, Reads};
use self::log::Log;
use self::proposals::Proposals;
use self::revoking::Revoking;
use self::scrub::Scrub;
use super::candidacy::Candidacy;
use super::core::{Core, Ctx, Stopping};
use super::follower::Follower;
use super::take_over::TakeOver;
use super::{Answer, CallId, Effect, Head, Input, Reply, Turn};
use crate::folding::Folding;
use crate::peer::{LeaderView, MemberList, PeerError, Role, Standing};

/// The leader of one epoch.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Leader {
    chain: Chain,
    inherited: Inherited,
    /// Until when a gateway that an earlier leader knew is taken as alive.
    grace_until: Moment,
    /// Until when gateways are given time to join before new groups are given out.
    gather_until: Moment,
    gathering: bool,
    grace_over: bool,
    /// Whether every lease that an earlier leader gave is over, and all that it decided is known: who
    /// is named by a decision of an earlier epoch, and has not been told otherwise, may act by it.
    inherited_over: bool,
    members: Members,
    /// Nobody who has not joined is gone before this moment: see `spare_unjoined`.
    spared_until: Moment,
    /// When somebody was taken for gone last.
    gone_at: Moment,
    list: Arc<MemberList>,
    /// The stored set of gateways.
    stored: BTreeMap<GatewayAddr, Admission>,
    /// Gateways to enter it, and to leave it, with the next commit.
    admissions: BTreeMap<GatewayAddr, GatewayRecord>,
    dismissals: BTreeSet<GatewayAddr>,
    /// Gateways that want to go, and who waits for it.
    leaving: BTreeMap<GatewayAddr, Vec<CallId>>,
    /// Those of them that keep their groups for their return, also when they have gone: then a group
    /// moves only when somebody asks for it.
    keeps: BTreeSet<GatewayAddr>,
    /// Gateways that are to lose their groups and live on, and who waits for it.
    drains: BTreeMap<GatewayAddr, Vec<CallId>>,
    /// Groups that living gateways are to give up.
    revoking: Revoking,
    /// Processes that have left, until none of their heartbeats can be on its way any more.
    left: BTreeMap<GatewayAddr, (Incarnation, Moment)>,
    deaf: Deaf,
    lending: Lending,
    proposals: Proposals,
    failing_over: FailingOver,
    loading: Loading,
    reads: Reads,
    findings: Findings,
    scrub: Scrub,
    log: Log,
    next_own_heartbeat: Moment,
    end: Option<End>,
}

/// Why a leader stops leading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum End {
    /// Its term is over by its own clock, or the lock is lost.
    TermOver,
    /// A newer epoch has begun.
    Deposed,
    /// It has lost the store, and others may have it.
    CutOff,
    /// It still has the lock and needs a higher epoch: the store forgot this one, or remembers a
    /// higher one.
    Again,
    /// It was asked to stop and has handed over.
    Left,
}

/// Where earlier epochs have left the chain of commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Inherited {
    /// What they decided is settled up to here: beyond it a stored assignment may be half of a commit,
    /// and is decided again.
    pub(super) settled: Stamp,
    /// The newest commit, or the beginning of the last epoch.
    pub(super) last: Stamp,
}

impl Inherited {
    /// Whether nothing has been committed beyond what is settled: then a cache that had everything up
    /// to there is the truth. Otherwise nobody's is, until this epoch has settled.
    fn is_settled(self) -> bool {
        self.last == self.settled
    }

    /// The only commit that can have stopped half way, since one is made on top of the other.
    pub(super) fn next(self) -> Stamp {
        Stamp::new(self.last.epoch, self.last.revision.next())
    }
}

impl Leader {
    /// The epoch of `record` has begun, on top of what is `inherited`; the request that began it was
    /// sent at `sent`.
    pub(super) fn new(
        ctx: &mut Ctx<'_>,
        record: LeaderRecord,
        inherited: Inherited,
        folding: Folding,
        sent: Moment,
    ) -> Self {
        let base = if inherited.is_settled() {
            inherited.settled
        } else {
            record.stamp()
        };
        ctx.lapse();
        if !mutation::is_on(Mutation::OldCacheKept) {
            if ctx.core.applied != base {
                ctx.forget_all();
            }
            ctx.stand_on(record.epoch, &record.lineage, inherited.settled);
        }
        ctx.core.stands(&record);
        ctx.core.applied = record.stamp();
        ctx.core.see(record.epoch);
        ctx.core.problem = None;
        ctx.set_inherited_over(false);
        ctx.info(format!(
            "{} leads in epoch {}",
            ctx.core.me.addr, record.epoch
        ));
        let timing = ctx.core.timing();
        // An earlier leader may have given longer leases than this one does.
        let longest = record.leases.map_or(timing.lease, |leases| leases.running);
        let grace = timing.wait_for(longest);
        let (wait, verify) = (timing.wait(), timing.verify_every);
        let gather = if record.floor == record.stamp() {
            grace
        } else {
            timing.gather()
        };
        let mut leader = Self {
            chain: Chain::new(record, sent, ctx.now + verify),
            inherited,
            grace_until: ctx.now + grace,
            gather_until: ctx.now + gather,
            gathering: true,
            grace_over: false,
            inherited_over: false,
            members: Members::new(if mutation::is_on(Mutation::EarlyMove) {
                wait / 2
            } else {
                wait
            }),
            spared_until: Moment::ZERO,
            gone_at: Moment::ZERO,
            list: Arc::default(),
            stored: BTreeMap::new(),
            admissions: BTreeMap::new(),
            dismissals: BTreeSet::new(),
            leaving: BTreeMap::new(),
            keeps: BTreeSet::new(),
            drains: BTreeMap::new(),
            revoking: Revoking::default(),
            left: BTreeMap::new(),
            deaf: Deaf::default(),
            lending: Lending::new(ctx.now, ctx.core.config.lends_lock),
            proposals: Proposals::default(),
            failing_over: FailingOver::new(folding),
            loading: Loading::default(),
            reads: Reads::default(),
            findings: Findings::default(),
            scrub: Scrub::default(),
            log: Log::new(base),
            next_own_heartbeat: ctx.now,
            end: None,
        };
        // What is cached names gateways too, that may be acting.
        let named: Vec<GatewayAddr> = ctx.core.groups.coordinators().cloned().collect();
        for addr in named {
            leader.inherit_named(ctx, &addr);
        }
        leader
    }

    pub(super) fn step(&mut self, ctx: &mut Ctx<'_>, input: Input) -> Turn {
        self.take_lock_back(ctx);
        if ctx.now >= self.term_end(ctx.core) {
            self.end = Some(End::TermOver);
        } else if self.is_cut_off(ctx) {
            self.end = Some(End::CutOff);
        }
        if self.end.is_none() {
            // First, so that whoever is a member is alive.
            self.beat_own_heart(ctx);
            self.expire(ctx);
            self.take(ctx, input);
        } else {
            refuse(ctx, &input);
        }
        if self.end.is_none() {
            self.act(ctx);
        }
        // Not before: the next leader may find an earlier process stored at this address.
        ctx.core.announced |= self.is_stored(&ctx.core.me);
        self.end
            .map_or(Turn::Stay, |end| self.stop_leading(ctx, end))
    }

    pub(super) fn deadline(&self, core: &Core) -> Moment {
        [
            self.term_end(core),
            self.lending_deadline(core),
            self.next_own_heartbeat,
            self.members.next_deadline().unwrap_or(Moment::NEVER),
            self.chain.deadline(),
            self.loading.deadline(),
            self.scrub_deadline(core),
            if self.grace_over {
                Moment::NEVER
            } else {
                self.grace_until
            },
            if self.gathering {
                self.gather_until
            } else {
                Moment::NEVER
            },
        ]
        .into_iter()
        .min()
        .unwrap_or(Moment::NEVER)
    }

    fn scrub_deadline(&self, core: &Core) -> Moment {
        // What it waits for besides has deadlines of its own.
        let ready = self.grace_over && self.loading.is_whole() && self.has_settled();
        if ready && core.config.scrub_every.is_some() {
            self.scrub.deadline()
        } else {
            Moment::NEVER
        }
    }

    pub(super) fn head(&self, core: &Core) -> Head {
        let record = self.chain.record();
        Head {
            role: Role::Leader,
            leader: Some(LeaderView {
                addr: record.leader.clone(),
                rpc: record.rpc.clone(),
                epoch: record.epoch,
            }),
            lock_owner: core.lock_owner(),
            applied: core.applied,
            fresh_until: self.fresh_until(core),
            lease_until: core.holdings.lease_until(),
            token_floor: core.holdings.token_floor(),
            members: self.list.clone(),
            standing: Some(self.standing(&core.me)),
            groups_known: core.groups.len(),
            assignments: self.loading.is_whole().then(|| core.groups.len()),
            unreadable: self.findings.len(),
            set_aside: self.findings.set_aside(),
            restored: self.scrub.restored(),
            behind: self.failing_over.behind() + self.chain.rewrites(),
            problem: core.problem.clone(),
        }
    }

    fn take(&mut self, ctx: &mut Ctx<'_>, input: Input) {
        match input {
            Input::Tick | Input::Lock(_) | Input::Learned(_) | Input::Resigned(_) => {}
            Input::Answer { op, answer } => match answer {
                Answer::Written(result) => self.written(ctx, op, result),
                Answer::Gateways(result) => self.gateways_read(ctx, op, result),
                Answer::Listed(entries) if self.scrub.lists(op) => self.scrubbed(ctx, entries),
                Answer::Listed(entries) => self.listed(ctx, op, entries),
                Answer::ListEnded(result) if self.scrub.lists(op) => self.scrub_ended(ctx, &result),
                Answer::ListEnded(result) => self.list_ended(ctx, op, result),
                Answer::Loaded(result) => {
                    if !self.checked(ctx, op, &result) {
                        self.loaded(ctx, op, result);
                    }
                }
                Answer::Record(_) | Answer::Acked(_) | Answer::Left(_) => {}
            },
            Input::Heartbeat { call, heartbeat } => self.heartbeat(ctx, call, &heartbeat),
            Input::Leave { call, leave } => self.leave(ctx, call, &leave),
            Input::Drain { call, gateway } => self.drain_living(ctx, call, gateway),
            Input::Assign { call, group } => self.assign(ctx, call, group),
            Input::Reassign { call, group, to } => self.reassign(ctx, call, &group, to),
            Input::Abandon { call, group } => self.abandon(call, &group),
            Input::Stop { call, drain } => self.stop(ctx, call, drain),
        }
    }

    /// Does what is due.
    fn act(&mut self, ctx: &mut Ctx<'_>) {
        self.gather(ctx);
        self.grace_over |= ctx.now >= self.grace_until;
        if self.grace_over && self.has_settled() && !self.inherited_over {
            self.inherited_over = true;
            ctx.set_inherited_over(true);
        }
        self.load(ctx);
        self.scrub(ctx);
        self.take_own_back(ctx);
        self.let_go(ctx);
        self.lend(ctx);
        self.commit(ctx);
        self.lease_to_itself(ctx);
        self.relist(ctx);
    }

    fn stop_leading(&mut self, ctx: &mut Ctx<'_>, end: End) -> Turn {
        let epoch = self.chain.record().epoch;
        if !self.has_settled() {
            // What is known here can't be the base of anybody's cache.
            ctx.core.applied = Stamp::ZERO;
        }
        if ctx.core.groups.len() > ctx.core.config.cached_groups {
            ctx.forget_all();
        }
        for call in self
            .chain
            .take_calls()
            .into_iter()
            .chain(self.proposals.take_calls())
        {
            ctx.reply(
                call,
                Reply::Found(Err(PeerError::NotLeader { leader: None })),
            );
        }
        for call in self.reads.take_calls() {
            ctx.reply(
                call,
                Reply::Found(Err(PeerError::NotLeader { leader: None })),
            );
        }
        let leaving = std::mem::take(&mut self.leaving).into_values();
        let drains = std::mem::take(&mut self.drains).into_values();
        for call in leaving.chain(drains).flatten() {
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
                let pause = self.lets_lead_for(ctx);
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
            End::Again if ctx.core.stopping == Stopping::No => {
                return Turn::TakeOver(TakeOver::new(Follower::knowing(self.list.clone())));
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
        if let Stopping::Asked { call, drain } = ctx.core.stopping {
            if end != End::Left {
                ctx.out.push(Effect::QuitLock);
            }
            // Who has not handed over yet asks the next leader to.
            if end == End::Left || !drain {
                ctx.core.stopping = Stopping::Done;
                ctx.reply(call, Reply::Done(Ok(())));
            }
        }
        Turn::Follow(Follower::knowing(self.list.clone()))
    }

    /// Whether a gateway is alive, as far as this leader knows: expiry has been seen to.
    fn is_alive(&self, addr: &GatewayAddr) -> bool {
        self.members.get(addr).is_some()
    }

    /// Whether a gateway may be given groups, as far as the store is concerned.
    fn is_stored(&self, record: &GatewayRecord) -> bool {
        let stored = self.stored.get(&record.addr);
        stored.is_some_and(|stored| stored.gateway == *record)
    }

    fn standing(&self, record: &GatewayRecord) -> Standing {
        match (self.is_stored(record), self.is_draining(&record.addr)) {
            (true, false) => Standing::Member,
            (true, true) => Standing::Draining,
            (false, _) if self.is_settled(&record.addr) => Standing::Joining,
            (false, _) => Standing::Settling,
        }
    }

    /// Whether everything that stood in the store when this epoch began is known, and decided again
    /// where it had to be, and the record says so: the next leader can build on it.
    fn has_settled(&self) -> bool {
        let record = self.chain.record();
        record.settled.epoch == record.epoch
    }

    /// Whether a gateway is to lose its groups.
    fn is_draining(&self, addr: &GatewayAddr) -> bool {
        self.members.get(addr).is_some_and(|member| member.draining)
    }

    fn abandon(&mut self, call: CallId, group: &GroupName) {
        self.proposals.abandon(call, group);
        self.reads.abandon(call, group);
    }
}

/// Answers a question that arrived too late.
fn refuse(ctx: &mut Ctx<'_>, input: &Input) {
    let error = PeerError::NotLeader { leader: None };
    match *input {
        Input::Heartbeat { call, .. } => ctx.reply(call, Reply::Ack(Err(error))),
        Input::Leave { call, .. } | Input::Drain { call, .. } => {
            ctx.reply(call, Reply::Done(Err(error)));
        }
        Input::Assign { call, .. } | Input::Reassign { call, .. } => {
            ctx.reply(call, Reply::Found(Err(error)));
        }
        Input::Stop { call, drain } => ctx.core.stopping = Stopping::Asked { call, drain },
        _ => {}
    }
}
