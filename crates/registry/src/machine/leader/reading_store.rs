//! What the store has answered to a new leader's questions, and to those of an old one.

use groupkeeper_assignment_store::{Assignment, Listed, ReadError, StoredGateways};
use groupkeeper_types::{GroupName, Stamp};

use super::Leader;
use super::audit::Listing;
use super::reading::honest;
use crate::machine::Effect;
use crate::machine::OpId;
use crate::machine::core::Ctx;
use crate::peer::Decision;

impl Leader {
    pub(super) fn gateways_read(
        &mut self,
        ctx: &mut Ctx<'_>,
        op: OpId,
        result: Result<StoredGateways, ReadError>,
    ) {
        let Some(found) = self.facts.stored.was_read(ctx, op, result) else {
            return;
        };
        let until = self.facts.term.grace_until();
        for admission in found.records {
            if self.facts.roster.inherit(ctx, &admission, until) {
                self.facts.stored.enter(admission);
            }
        }
        for unreadable in found.unreadable {
            self.facts
                .roster
                .inherit_unreadable(ctx, &unreadable, until);
        }
        // Whoever has joined before anybody could say whether another process stood there.
        for record in self.facts.roster.joined(ctx.now) {
            self.facts.admit(record, self.chain.in_flight());
        }
    }

    /// A part of a listing.
    pub(super) fn listed(&mut self, ctx: &mut Ctx<'_>, op: OpId, entries: Vec<Listed>) {
        let Some(listing) = self.audit.listing(op) else {
            return;
        };
        let mut learned = Vec::with_capacity(entries.len());
        for entry in entries {
            match (entry, listing) {
                (Listed::Assignment(assignment), Listing::First) => {
                    learned.extend(self.take_in(ctx, assignment));
                }
                (Listed::Assignment(assignment), Listing::Again) => self.compare(ctx, assignment),
                (Listed::Unreadable { name, group, why }, _) => {
                    self.audit.find(ctx, name, group, &why);
                }
            }
        }
        if listing == Listing::First {
            ctx.out.push(Effect::LearnAll(learned));
        }
    }

    /// The end of a listing.
    pub(super) fn list_ended(
        &mut self,
        ctx: &mut Ctx<'_>,
        op: OpId,
        result: Result<(), ReadError>,
    ) {
        if let Some(listing) = self.audit.listing(op)
            && let Some(groups) = self.audit.list_ended(ctx, listing, result)
        {
            self.planner.ask_all_only_for(&groups);
        }
    }

    /// A group has been read by itself, for who asked or to see whether it is as it was decided.
    pub(super) fn loaded(
        &mut self,
        ctx: &mut Ctx<'_>,
        op: OpId,
        result: Result<Option<Assignment>, ReadError>,
    ) {
        if let Some((group, stamp)) = self.audit.end_check(op) {
            return self.checked(ctx, &group, stamp, result);
        }
        let Some((group, calls)) = self.audit.end_read(op) else {
            return;
        };
        match honest(result) {
            Ok(found) => {
                if let Some(assignment) = found {
                    self.absorb(ctx, assignment);
                }
                for call in calls {
                    self.assign_known(ctx, call, &group);
                }
            }
            // A read that failed is not a group that has no coordinator (G6).
            Err(error) => {
                self.audit.not_read(&group, &error);
                for call in calls {
                    ctx.not_available(call, &error.to_string());
                }
            }
        }
    }

    fn compare(&mut self, ctx: &mut Ctx<'_>, assignment: Assignment) {
        let Some(known) = ctx.core.known.groups.get(&assignment.group) else {
            // Another program's, or of a copy that had lost it.
            return self.absorb(ctx, assignment);
        };
        let differs = !self.agrees(&assignment, &known) && !self.is_on_its_way(&known.group);
        self.audit.compared(known.group, differs);
    }

    /// The answer to a check of a group, of which `stamp` was known when it was asked for.
    fn checked(
        &mut self,
        ctx: &mut Ctx<'_>,
        group: &GroupName,
        stamp: Stamp,
        result: Result<Option<Assignment>, ReadError>,
    ) {
        let Some(known) = ctx.core.known.groups.get(group) else {
            return;
        };
        let found = match result {
            Ok(found) => found,
            Err(error) => return self.audit.not_read(group, &error),
        };
        // What has changed meanwhile is looked at again in the next round.
        if known.stamp != stamp || self.is_on_its_way(group) {
            return;
        }
        let what = match found {
            Some(found) if self.agrees(&found, &known) => return,
            Some(found) if found.stamp >= known.stamp => {
                self.absorb(ctx, found);
                if self.facts.term.end().is_some() || self.planner.is_proposed(group) {
                    return;
                }
                "was changed"
            }
            Some(_) => "was changed, or has gone back to an older one",
            None => "has vanished",
        };
        self.audit.restore_later(ctx, known, what);
    }

    /// Whether what is stored is what is known, or will be when it has been rewritten behind failovers.
    fn agrees(&mut self, stored: &Assignment, known: &Decision) -> bool {
        let stored = Decision {
            group: stored.group.clone(),
            coordinator: stored.coordinator.clone(),
            stamp: stored.stamp,
        };
        stored == *known || self.planner.fold(stored, Some(known.stamp)) == *known
    }

    /// Whether the group is about to be decided anew, or written again.
    fn is_on_its_way(&self, group: &GroupName) -> bool {
        self.planner.is_proposed(group)
            || self.audit.restores(group)
            || self.chain.in_flight().assigns(group)
    }
}
