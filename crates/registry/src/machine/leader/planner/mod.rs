//! What this leader wants: which groups are to get a coordinator, and who has to give one up before that.
//! It goes by what is known, and never changes that; what it wants happens when it is committed.

mod choosing;
mod deciding;
mod failing_over;
mod failover;
mod gathering;
mod giving_back;
mod giving_up;
mod outcome;
mod proposals;
mod revoking;

use groupkeeper_assignment_store::Failovers;
use groupkeeper_types::{GatewayAddr, GroupName, Moment, Stamp};

use self::failing_over::FailingOver;
use self::gathering::Gathering;
pub(super) use self::proposals::Cause;
use self::proposals::Proposals;
use self::revoking::Revoking;
use super::facts::Facts;
use crate::folding::Folding;
use crate::machine::core::Ctx;
use crate::machine::{BatchChange, CallId};
use crate::peer::{Decision, Revokes};

/// Groups that are to move, and what stands in their way.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Planner {
    proposals: Proposals,
    /// Groups that living gateways are to give up.
    revoking: Revoking,
    failing_over: FailingOver,
    gathering: Gathering,
}

/// What the next commit is to do.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) changes: Vec<BatchChange>,
    /// The calls about groups that it decides about.
    pub(super) calls: Vec<(GroupName, CallId)>,
    /// How many assignments it writes that are behind a failover.
    pub(super) rewrites: usize,
    /// The failovers that are left with it, its own the last.
    pub(super) failovers: Failovers,
    /// Whether with it all that was known to be half of an earlier commit is decided again.
    pub(super) settles: bool,
}

impl Planner {
    /// Groups have moved by `folding`; those without a coordinator are not given out before `gather_until`.
    pub(super) fn new(folding: Folding, gather_until: Moment) -> Self {
        Self {
            proposals: Proposals::default(),
            revoking: Revoking::default(),
            failing_over: FailingOver::new(folding),
            gathering: Gathering::new(gather_until),
        }
    }

    pub(super) fn deadline(&self) -> Moment {
        self.gathering.deadline()
    }

    /// Time has passed.
    pub(super) fn pass(&mut self, now: Moment, facts: &Facts) {
        self.gathering.pass(now, facts);
    }

    /// Plans the next commit, which has these changes already, as far as there is room.
    pub(super) fn plan(
        &mut self,
        ctx: &mut Ctx<'_>,
        facts: &Facts,
        mut changes: Vec<BatchChange>,
    ) -> Plan {
        let stamp = facts.term.next_stamp();
        let failover = self.fail_over(ctx, facts, stamp);
        let calls = self.decide(ctx, facts, stamp, failover.as_deref(), &mut changes);
        let rewrites = self.rewrite(ctx, facts, !calls.is_empty(), &mut changes);
        Plan {
            changes,
            calls,
            rewrites,
            failovers: self.failing_over.left(&facts.term, failover),
            settles: !self.proposals.has_settling(),
        }
    }

    /// Why a group is to get a coordinator; `None` where it is not.
    pub(super) fn cause(&self, group: &GroupName) -> Option<&Cause> {
        self.proposals.get(group).map(|proposal| &proposal.cause)
    }

    pub(super) fn is_proposed(&self, group: &GroupName) -> bool {
        self.cause(group).is_some()
    }

    pub(super) fn propose(&mut self, group: GroupName, cause: Cause) {
        self.proposals.add(group, cause);
    }

    /// Proposes these groups, each for the same cause.
    pub(super) fn propose_all(&mut self, groups: Vec<GroupName>, cause: &Cause) {
        for group in groups {
            self.proposals.add(group, cause.clone());
        }
    }

    /// Proposes the group of a decision that names a gateway which is gone, or is to lose its groups.
    pub(super) fn propose_lost(&mut self, facts: &Facts, decision: &Decision) {
        if facts.loses_groups(&decision.coordinator) {
            self.proposals.add(decision.group.clone(), Cause::Drain);
        } else if !facts.roster.is_alive(&decision.coordinator) {
            self.proposals.add(decision.group.clone(), Cause::Orphan);
        }
    }

    /// Lets a call wait for a group that is proposed.
    pub(super) fn wait(&mut self, ctx: &mut Ctx<'_>, call: CallId, group: &GroupName) {
        if !self.proposals.wait(group, call) {
            ctx.not_available(call, "too many questions wait for the store");
        }
    }

    /// Whether so many calls wait that no more are let in.
    pub(super) fn is_full(&self) -> bool {
        self.proposals.is_full()
    }

    /// Everybody who waits.
    pub(super) fn take_calls(&mut self) -> Vec<CallId> {
        self.proposals.take_calls()
    }

    pub(super) fn abandon(&mut self, call: CallId, group: &GroupName) {
        self.proposals.abandon(call, group);
    }

    /// Whether some gateway may have to lose its groups now.
    pub(super) fn is_looking(&self) -> bool {
        self.failing_over.looks()
    }

    /// Something has changed by which a gateway may have to lose its groups.
    pub(super) fn look_again(&mut self) {
        self.failing_over.look_again();
    }

    /// What a stored decision that is settled has become; see [`FailingOver::fold`].
    pub(super) fn fold(&mut self, stored: Decision, known: Option<Stamp>) -> Decision {
        self.failing_over.fold(stored, known)
    }

    /// How many assignments are known to be behind, and in no commit yet.
    pub(super) fn behind(&self) -> usize {
        self.failing_over.behind()
    }

    /// What a gateway is to hear of groups that it has to give up.
    pub(super) fn to_tell(&self, gateway: &GatewayAddr) -> Revokes {
        self.revoking.to_tell(gateway)
    }

    /// A known bug: what has been told once is not told again.
    pub(super) fn take_for_told(&mut self, gateway: &GatewayAddr) {
        self.revoking.take_for_told(gateway);
    }
}
