//! The gateway that decides.

mod asking_again;
mod beside;
mod chain;
mod commit;
mod cut_off;
mod deaf;
mod departures;
mod ending;
mod expiring;
mod facts;
mod findings;
mod in_flight;
mod leases;
mod leaving;
mod lending;
mod loading;
mod log;
mod other_copies;
mod planner;
mod questions;
mod reading;
mod roster;
mod scrub;
mod sessions;
mod stored;
mod term;

use groupkeeper_assignment_store::LeaderRecord;
use groupkeeper_types::mutation::{self, Mutation};
use groupkeeper_types::{GatewayAddr, GroupName, Moment};

use self::chain::Chain;
use self::cut_off::is_cut_off;
use self::departures::Departures;
use self::ending::refuse;
use self::facts::Facts;
use self::findings::Findings;
use self::lending::Lending;
use self::loading::{Loading, Reads};
use self::log::Log;
use self::planner::Planner;
use self::roster::Roster;
use self::scrub::Scrub;
use self::stored::StoredSet;
pub(super) use self::term::Inherited;
use self::term::{End, Term};
use super::core::{Core, Ctx};
use super::{Answer, CallId, Head, Input, Turn};
use crate::folding::Folding;
use crate::peer::{LeaderView, Role};

/// The leader of one epoch.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Leader {
    facts: Facts,
    planner: Planner,
    loading: Loading,
    reads: Reads,
    findings: Findings,
    scrub: Scrub,
    chain: Chain,
    log: Log,
    lending: Lending,
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
        let verify = timing.verify_every;
        let gather = if record.floor == record.stamp() {
            grace
        } else {
            timing.gather()
        };
        let mut facts = Facts {
            term: Term::new(record, inherited, ctx.now + grace),
            roster: Roster::new(ctx),
            stored: StoredSet::default(),
            departures: Departures::default(),
        };
        // What is cached names gateways too, that may be acting.
        let named: Vec<GatewayAddr> = ctx.core.groups.coordinators().cloned().collect();
        for addr in named {
            facts.inherit_named(ctx, &addr);
        }
        Self {
            facts,
            planner: Planner::new(folding, ctx.now + gather),
            loading: Loading::default(),
            reads: Reads::default(),
            findings: Findings::default(),
            scrub: Scrub::default(),
            chain: Chain::new(sent, ctx.now + verify),
            log: Log::new(base),
            lending: Lending::new(ctx.now, ctx.core.config.lends_lock),
        }
    }

    pub(super) fn step(&mut self, ctx: &mut Ctx<'_>, input: Input) -> Turn {
        self.lending.take_back(ctx, self.facts.term.epoch());
        if ctx.now >= self.lending.term_end(ctx.core) {
            self.facts.term.ends(End::TermOver);
        } else if is_cut_off(ctx, &self.chain, &self.facts) {
            self.facts.term.ends(End::CutOff);
        }
        if self.facts.term.end().is_none() {
            // First, so that whoever is a member is alive.
            self.beat_own_heart(ctx);
            self.expire(ctx);
            self.take(ctx, input);
        } else {
            refuse(ctx, &input);
        }
        if self.facts.term.end().is_none() {
            self.act(ctx);
        }
        // Not before: the next leader may find an earlier process stored at this address.
        ctx.core.announced |= self.facts.stored.is_stored(&ctx.core.me);
        self.facts
            .term
            .end()
            .map_or(Turn::Stay, |end| self.stop_leading(ctx, end))
    }

    pub(super) fn deadline(&self, core: &Core) -> Moment {
        [
            self.lending.term_end(core),
            self.lending.deadline(core),
            self.facts.term.deadline(),
            self.facts.roster.deadline(),
            self.planner.deadline(),
            if self.facts.stored.is_known() {
                self.loading.deadline()
            } else {
                self.facts.stored.deadline()
            },
            self.scrub_deadline(core),
            self.chain.deadline(),
        ]
        .into_iter()
        .min()
        .unwrap_or(Moment::NEVER)
    }

    fn scrub_deadline(&self, core: &Core) -> Moment {
        // What it waits for besides has deadlines of its own.
        let ready = self.facts.term.grace_over()
            && self.loading.is_whole()
            && self.facts.term.has_settled();
        if ready && core.config.scrub_every.is_some() {
            self.scrub.deadline()
        } else {
            Moment::NEVER
        }
    }

    pub(super) fn head(&self, core: &Core) -> Head {
        let record = self.facts.term.record();
        Head {
            role: Role::Leader,
            leader: Some(LeaderView {
                addr: record.leader.clone(),
                rpc: record.rpc.clone(),
                epoch: record.epoch,
            }),
            lock_owner: core.lock_owner(),
            applied: core.applied,
            fresh_until: self.lending.fresh_until(core, self.chain.verified_at()),
            lease_until: core.holdings.lease_until(),
            token_floor: core.holdings.token_floor(),
            members: self.facts.roster.list().clone(),
            standing: Some(self.facts.standing(&core.me)),
            groups_known: core.groups.len(),
            assignments: self.loading.is_whole().then(|| core.groups.len()),
            unreadable: self.findings.len(),
            set_aside: self.findings.set_aside(),
            restored: self.scrub.restored(),
            behind: self.planner.behind() + self.chain.rewrites(),
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
        self.planner.pass(ctx.now, &self.facts);
        if self.facts.term.pass(ctx.now) {
            ctx.set_inherited_over(true);
        }
        self.load(ctx);
        self.scrub(ctx);
        self.planner
            .take_own_back(ctx, &self.facts, self.chain.in_flight());
        self.let_go(ctx);
        self.lending.lend(ctx, &self.facts.roster, &self.chain);
        self.commit(ctx);
        self.lease_to_itself(ctx);
        self.facts.roster.relist(ctx.now);
    }

    fn abandon(&mut self, call: CallId, group: &GroupName) {
        self.planner.abandon(call, group);
        self.reads.abandon(call, group);
    }
}
