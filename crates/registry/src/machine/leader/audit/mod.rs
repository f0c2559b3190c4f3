//! What is read of groups in the store, at first and again and again, and what is wrong with it. It decides
//! nothing: what it finds is taken in by the leader, and what it wants written goes into a commit.

mod findings;
mod reads;
mod scrub;

use std::collections::BTreeSet;

use groupkeeper_assignment_store::ReadError;
use groupkeeper_types::{GroupName, Moment, Stamp};

use self::findings::Findings;
use self::reads::Reads;
use self::scrub::Scrub;
use super::facts::Facts;
use super::reading::{Reading, honest};
use crate::machine::core::{Core, Ctx};
use crate::machine::{BatchChange, CallId, Effect, OpId};
use crate::peer::Decision;

/// How far a leader has read what is stored of groups. It serves meanwhile, and reads single groups as
/// they are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Audit {
    list: Reading,
    /// It was said that an assignment is beyond what the record knew of.
    told_backwards: bool,
    reads: Reads,
    findings: Findings,
    scrub: Scrub,
}

/// Why the store is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Listing {
    /// To know what is stored.
    First,
    /// To see whether it is still as it was decided.
    Again,
}

impl Audit {
    /// Whether all that is stored is in memory.
    pub(super) fn is_whole(&self) -> bool {
        self.list.is_whole()
    }

    /// Whether memory is what the store should hold.
    pub(super) fn may_scrub(&self, core: &Core, facts: &Facts) -> bool {
        let on = core.config.scrub_every.is_some();
        on && self.is_whole() && facts.term.grace_over() && facts.term.has_settled()
    }

    pub(super) fn deadline(&self, core: &Core, facts: &Facts) -> Moment {
        if !facts.stored.is_known() {
            return Moment::NEVER;
        }
        // What it waits for besides has deadlines of its own.
        let scrub = if self.may_scrub(core, facts) {
            self.scrub.deadline()
        } else {
            Moment::NEVER
        };
        self.list.deadline().min(scrub)
    }

    /// How many entries can't be read.
    pub(super) fn unreadable(&self) -> usize {
        self.findings.len()
    }

    /// How many of them have been set aside.
    pub(super) fn set_aside(&self) -> u64 {
        self.findings.set_aside()
    }

    /// How many assignments were lost or changed, and have been written again.
    pub(super) fn restored(&self) -> u64 {
        self.scrub.restored()
    }

    /// Reads what is due. The gateways come first, since they say who may be acting.
    pub(super) fn go_on(&mut self, ctx: &mut Ctx<'_>, facts: &Facts) {
        if facts.stored.is_known() && self.list.is_due(ctx.now) {
            self.findings.begin_round();
            let op = ctx.op();
            self.list = Reading::UnderWay(op);
            ctx.out.push(Effect::List { op, slowly: false });
        }
        if self.may_scrub(ctx.core, facts) && self.scrub.go_on(ctx) {
            self.findings.begin_round();
        }
    }

    /// Why this listing is read; `None` where nobody waits for it any more.
    pub(super) fn listing(&self, op: OpId) -> Option<Listing> {
        if self.scrub.lists(op) {
            Some(Listing::Again)
        } else {
            self.list.is_by(op).then_some(Listing::First)
        }
    }

    /// A listing has ended: the groups of what could not be read, where it came to all that is stored.
    pub(super) fn list_ended(
        &mut self,
        ctx: &mut Ctx<'_>,
        listing: Listing,
        result: Result<(), ReadError>,
    ) -> Option<BTreeSet<GroupName>> {
        let whole = match listing {
            Listing::Again => result.is_ok(),
            Listing::First => match honest(result) {
                Ok(()) => {
                    self.list = Reading::Whole;
                    true
                }
                Err(error) => {
                    self.list.failed(ctx, &error);
                    false
                }
            },
        };
        if whole {
            self.findings.end_round();
        }
        match listing {
            Listing::Again => self.scrub.ended(ctx, whole),
            Listing::First if whole => {
                let count = ctx.core.known.groups.len();
                ctx.info(format!("{count} groups have a coordinator"));
            }
            Listing::First => {}
        }
        whole.then(|| self.findings.groups())
    }

    /// Something that was listed can't be read.
    pub(super) fn find(
        &mut self,
        ctx: &mut Ctx<'_>,
        name: String,
        group: Option<GroupName>,
        why: &str,
    ) {
        self.findings.find(ctx, name, group, why);
    }

    /// Whether memory can't tell what is stored of a group of which it knows nothing. An entry that could
    /// not be read may be this group's.
    pub(super) fn is_in_doubt(&self) -> bool {
        !self.is_whole() || self.findings.len() > 0
    }

    /// Reads one group for a call.
    pub(super) fn read(&mut self, ctx: &mut Ctx<'_>, call: CallId, group: GroupName) {
        self.reads.read(ctx, call, group);
    }

    /// A group was read for calls: which, and who waits for it.
    pub(super) fn end_read(&mut self, op: OpId) -> Option<(GroupName, Vec<CallId>)> {
        self.reads.end(op)
    }

    /// A group was read by itself, and could not be.
    pub(super) fn not_read(&mut self, group: &GroupName, error: &ReadError) {
        if let ReadError::Unreadable { what, .. } = error {
            self.findings.is_of(what, group);
        }
    }

    /// Everybody who waits.
    pub(super) fn take_calls(&mut self) -> Vec<CallId> {
        self.reads.take_calls()
    }

    pub(super) fn abandon(&mut self, call: CallId, group: &GroupName) {
        self.reads.abandon(call, group);
    }

    /// An assignment is beyond what the record knew of; `true` the first time.
    pub(super) fn goes_backwards(&mut self) -> bool {
        !std::mem::replace(&mut self.told_backwards, true)
    }

    /// An assignment of a group in memory was listed again, and differs from it or does not.
    pub(super) fn compared(&mut self, group: GroupName, differs: bool) {
        self.scrub.sees();
        if differs {
            self.scrub.suspect(group);
        }
    }

    /// A group was read by itself to see whether it differs: which, and what was known of it when it was
    /// asked for.
    pub(super) fn end_check(&mut self, op: OpId) -> Option<(GroupName, Stamp)> {
        self.scrub.end_check(op)
    }

    /// Whether a group's assignment is to be written again.
    pub(super) fn restores(&self, group: &GroupName) -> bool {
        self.scrub.restores(group)
    }

    /// A group's assignment is not as it was decided; people are told `what` has become of it.
    pub(super) fn restore_later(&mut self, ctx: &mut Ctx<'_>, known: Decision, what: &str) {
        self.scrub.restore_later(ctx, known, what);
    }

    /// The same, where people know already.
    pub(super) fn write_again(&mut self, group: GroupName) {
        self.scrub.write_again(group);
    }

    /// Adds what is to be written again to a commit.
    pub(super) fn restore(&mut self, ctx: &Ctx<'_>, changes: &mut Vec<BatchChange>) {
        self.scrub.restore(ctx, changes);
    }

    /// The next entry that can be set aside, and the group that it is of.
    pub(super) fn next_unreadable(&self) -> Option<(String, GroupName)> {
        let (name, group) = self.findings.next()?;
        Some((name.clone(), group.clone()))
    }

    /// A group's assignment has been written.
    pub(super) fn written(&mut self, group: &GroupName) {
        self.scrub.written(group);
    }

    /// An entry has been set aside, and its group decided about: which that is.
    pub(super) fn is_aside(&mut self, ctx: &mut Ctx<'_>, name: &str) -> Option<GroupName> {
        self.findings.is_aside(ctx, name)
    }

    /// The store does not set an entry aside: the group that it is of.
    pub(super) fn is_stuck(&mut self, ctx: &mut Ctx<'_>, name: &str) -> Option<GroupName> {
        self.findings.is_stuck(ctx, name)
    }
}
