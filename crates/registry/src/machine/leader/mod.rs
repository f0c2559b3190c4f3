//! The gateway that decides.

mod asking_again;
mod audit;
mod beside;
mod chain;
mod commit;
mod cut_off;
mod deaf;
mod departures;
mod ending;
mod expiring;
mod facts;
mod in_flight;
mod leases;
mod leaving;
mod lending;
mod log;
mod planner;
mod questions;
mod reading;
mod reading_store;
mod roster;
mod sessions;
mod stored;
mod taking_in;
mod term;

use groupkeeper_assignment_store::LeaderRecord;
use groupkeeper_types::mutation::{self, Mutation};
use groupkeeper_types::{GatewayAddr, GroupName, Moment};

use self::audit::Audit;
use self::chain::Chain;
use self::cut_off::is_cut_off;
use self::departures::Departures;
use self::ending::refuse;
use self::facts::Facts;
use self::lending::Lending;
use self::log::Log;
use self::planner::Planner;
use self::roster::Roster;
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
    audit: Audit,
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
            if ctx.core.known.applied != base {
                ctx.forget_all();
            }
            ctx.stand_on(record.epoch, &record.lineage, inherited.settled);
        }
        ctx.core.epochs.stands(&record);
        ctx.core.known.applied = record.stamp();
        ctx.core.see(record.epoch);
        ctx.core.output.drop_problem();
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
        let named: Vec<GatewayAddr> = ctx.core.known.groups.coordinators().cloned().collect();
        for addr in named {
            facts.inherit_named(ctx, &addr);
        }
        Self {
            facts,
            planner: Planner::new(folding, ctx.now + gather),
            audit: Audit::default(),
            chain: Chain::new(sent, ctx.now + verify),
            log: Log::new(base),
            lending: Lending::new(ctx.now, ctx.core.config.lends_lock),
        }
    }

    pub(super) fn step(&mut self, ctx: &mut Ctx<'_>, input: Input) -> Turn {
        self.see_to_term(ctx);
        if self.facts.term.end().is_none() {
            // First, so that whoever is a member is alive.
            self.beat_own_heart(ctx);
            self.expire(ctx);
            self.take(ctx, input);
        } else {
            refuse(ctx, &input);
        }
        if self.facts.term.end().is_none() {
            self.know(ctx);
            self.want(ctx);
            self.commit(ctx);
            self.tell(ctx);
        }
        // Not before: the next leader may find an earlier process stored at this address.
        ctx.core.presence.announced |= self.facts.stored.is_stored(&ctx.core.me);
        let end = self.facts.term.end();
        end.map_or(Turn::Stay, |end| self.stop_leading(ctx, end))
    }

    pub(super) fn deadline(&self, core: &Core) -> Moment {
        [
            self.lending.term_end(core),
            self.lending.deadline(core),
            self.facts.term.deadline(),
            self.facts.roster.deadline(),
            self.planner.deadline(),
            self.facts.stored.deadline(),
            self.audit.deadline(core, &self.facts),
            self.chain.deadline(),
        ]
        .into_iter()
        .min()
        .unwrap_or(Moment::NEVER)
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
            applied: core.known.applied,
            fresh_until: self.lending.fresh_until(core, self.chain.verified_at()),
            lease_until: core.known.holdings.lease_until(),
            token_floor: core.known.holdings.token_floor(),
            members: self.facts.roster.list().clone(),
            standing: Some(self.facts.standing(&core.me)),
            groups_known: core.known.groups.len(),
            assignments: self.audit.is_whole().then(|| core.known.groups.len()),
            unreadable: self.audit.unreadable(),
            set_aside: self.audit.set_aside(),
            restored: self.audit.restored(),
            behind: self.planner.behind() + self.chain.rewrites(),
            problem: core.output.problem().cloned(),
        }
    }

    fn take(&mut self, ctx: &mut Ctx<'_>, input: Input) {
        match input {
            Input::Tick | Input::Lock(_) | Input::Learned(_) | Input::Resigned(_) => {}
            Input::Answer { op, answer } => match answer {
                Answer::Written(result) => self.written(ctx, op, result),
                Answer::Gateways(result) => self.gateways_read(ctx, op, result),
                Answer::Listed(entries) => self.listed(ctx, op, entries),
                Answer::ListEnded(result) => self.list_ended(ctx, op, result),
                Answer::Loaded(result) => self.loaded(ctx, op, result),
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

    /// The lock may have come back, or the term may be over.
    fn see_to_term(&mut self, ctx: &mut Ctx<'_>) {
        self.lending.take_back(ctx, self.facts.term.epoch());
        if ctx.now >= self.lending.term_end(ctx.core) {
            self.facts.term.ends(End::TermOver);
        } else if is_cut_off(ctx, &self.chain, &self.facts) {
            self.facts.term.ends(End::CutOff);
        }
    }

    /// What the time tells is known, and what is not known is read.
    fn know(&mut self, ctx: &mut Ctx<'_>) {
        self.planner.pass(ctx.now, &self.facts);
        if self.facts.term.pass(ctx.now) {
            ctx.set_inherited_over(true);
        }
        self.facts.stored.read(ctx);
        self.audit.go_on(ctx, &self.facts);
    }

    /// What follows for this gateway and for those that leave is wanted; maybe that others lead.
    fn want(&mut self, ctx: &mut Ctx<'_>) {
        self.planner
            .take_own_back(ctx, &self.facts, self.chain.in_flight());
        self.let_go(ctx);
        self.lending.lend(ctx, &self.facts.roster, &self.chain);
    }

    /// This gateway is told as the others are by their heartbeats.
    fn tell(&mut self, ctx: &mut Ctx<'_>) {
        self.lease_to_itself(ctx);
        self.facts.roster.relist(ctx.now);
    }

    fn abandon(&mut self, call: CallId, group: &GroupName) {
        self.planner.abandon(call, group);
        self.audit.abandon(call, group);
    }
}
