//! The gateway that decides.

mod asking_again;
mod beside;
mod chain;
mod commit;
mod cut_off;
mod deaf;
mod deciding;
mod ending;
mod failing_over;
mod findings;
mod gathering;
mod in_flight;
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
mod term;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use groupkeeper_assignment_store::{Admission, GatewayRecord, LeaderRecord};
use groupkeeper_membership::Members;
use groupkeeper_types::mutation::{self, Mutation};
use groupkeeper_types::{GatewayAddr, GroupName, Incarnation, Moment};

use self::chain::Chain;
use self::deaf::Deaf;
use self::ending::refuse;
use self::failing_over::FailingOver;
use self::findings::Findings;
use self::lending::Lending;
use self::loading::{Loading, Reads};
use self::log::Log;
use self::proposals::Proposals;
use self::revoking::Revoking;
use self::scrub::Scrub;
pub(super) use self::term::Inherited;
use self::term::{End, Term};
use super::core::{Core, Ctx};
use super::{Answer, CallId, Head, Input, Turn};
use crate::folding::Folding;
use crate::peer::{LeaderView, MemberList, Role, Standing};

/// The leader of one epoch.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Leader {
    term: Term,
    chain: Chain,
    /// Until when gateways are given time to join before new groups are given out.
    gather_until: Moment,
    gathering: bool,
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
            term: Term::new(record, inherited, ctx.now + grace),
            chain: Chain::new(sent, ctx.now + verify),
            gather_until: ctx.now + gather,
            gathering: true,
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
            self.term.ends(End::TermOver);
        } else if self.is_cut_off(ctx) {
            self.term.ends(End::CutOff);
        }
        if self.term.end().is_none() {
            // First, so that whoever is a member is alive.
            self.beat_own_heart(ctx);
            self.expire(ctx);
            self.take(ctx, input);
        } else {
            refuse(ctx, &input);
        }
        if self.term.end().is_none() {
            self.act(ctx);
        }
        // Not before: the next leader may find an earlier process stored at this address.
        ctx.core.announced |= self.is_stored(&ctx.core.me);
        self.term
            .end()
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
            self.term.deadline(),
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
        let ready = self.term.grace_over() && self.loading.is_whole() && self.term.has_settled();
        if ready && core.config.scrub_every.is_some() {
            self.scrub.deadline()
        } else {
            Moment::NEVER
        }
    }

    pub(super) fn head(&self, core: &Core) -> Head {
        let record = self.term.record();
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
        if self.term.pass(ctx.now) {
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

    /// Whether a gateway is to lose its groups.
    fn is_draining(&self, addr: &GatewayAddr) -> bool {
        self.members.get(addr).is_some_and(|member| member.draining)
    }

    fn abandon(&mut self, call: CallId, group: &GroupName) {
        self.proposals.abandon(call, group);
        self.reads.abandon(call, group);
    }
}
