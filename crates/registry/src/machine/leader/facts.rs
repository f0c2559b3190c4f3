//! What a leader knows. What it makes of that is not in it, and nothing here is decided.

use groupkeeper_assignment_store::GatewayRecord;
use groupkeeper_hashing::{Candidate, Candidates, Weight};
use groupkeeper_membership::Member;
use groupkeeper_types::mutation::{self, Mutation};
use groupkeeper_types::{GatewayAddr, Moment, Stamp};

use super::departures::Departures;
use super::in_flight::InFlight;
use super::roster::Roster;
use super::stored::StoredSet;
use super::term::Term;
use crate::machine::core::Ctx;
use crate::peer::Standing;

/// Four things that nothing is in twice, and what follows from them together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Facts {
    pub(super) term: Term,
    pub(super) roster: Roster,
    pub(super) stored: StoredSet,
    pub(super) departures: Departures,
}

impl Facts {
    /// The gateways that may be given groups.
    pub(super) fn candidates(&self, now: Moment) -> Candidates {
        let stored = |member: &&Member| {
            let stored = self.stored.get(&member.addr);
            stored.map(|stored| stored.incarnation) == member.incarnation()
                && !self.departures.is_leaving(&member.addr)
        };
        let candidate = |member: &Member| Candidate {
            addr: member.addr.clone(),
            weight: Weight::ONE,
        };
        Candidates::new(self.roster.placeable(now).filter(stored).map(candidate))
            .expect("members are kept by address, so none stands twice")
    }

    /// Whether this one may be given groups.
    pub(super) fn is_candidate(&self, now: Moment, addr: &GatewayAddr) -> bool {
        let candidates = self.candidates(now);
        candidates.as_slice().iter().any(|it| it.addr == *addr)
    }

    /// Whether there is nobody else, and won't be, to whom a gateway's groups could go: an inherited
    /// gateway may yet join.
    pub(super) fn is_alone(&self, now: Moment) -> bool {
        let stays = |member: &Member| !self.departures.is_leaving(&member.addr);
        self.stored.is_known() && !self.roster.healthy(now).any(stays)
    }

    /// Whether a gateway's groups are to move: it drains, or leaves and does not keep them.
    pub(super) fn loses_groups(&self, addr: &GatewayAddr) -> bool {
        self.roster.is_draining(addr) || self.departures.leaves_groups(addr)
    }

    /// Whether a gateway acts for no group, whatever it was given: this one gives up at the moment it
    /// commits, and who leaves has given up everything; neither speaks for a process before it.
    pub(super) fn gives_up_at_once(&self, me: &GatewayAddr, addr: &GatewayAddr) -> bool {
        let speaks = addr == me || self.departures.is_leaving(addr);
        mutation::is_on(Mutation::DrainWithoutAck) || (speaks && self.roster.is_settled(addr))
    }

    /// The least token under which a gateway may act.
    pub(super) fn token_floor(&self, record: &GatewayRecord) -> Stamp {
        let floor = self.term.record().floor;
        let admitted = self.stored.admitted(record);
        admitted.map_or(floor, |admitted| admitted.max(floor))
    }

    pub(super) fn standing(&self, record: &GatewayRecord) -> Standing {
        let draining = self.roster.is_draining(&record.addr);
        match (self.stored.is_stored(record), draining) {
            (true, false) => Standing::Member,
            (true, true) => Standing::Draining,
            (false, _) if self.roster.is_settled(&record.addr) => Standing::Joining,
            (false, _) => Standing::Settling,
        }
    }

    /// Wants a gateway in the stored set, unless it is there or on its way out. Not before an earlier
    /// process at its address is gone, since the next leader has to know of that one; and so not before
    /// the stored set has told whether there is one.
    pub(super) fn admit(&mut self, record: GatewayRecord, in_flight: InFlight<'_>) {
        let leaves = self.departures.is_leaving(&record.addr);
        if self.stored.is_known() && !leaves && self.roster.is_settled(&record.addr) {
            self.stored.admit(record, in_flight);
        }
    }

    /// A gateway coordinates a group, registered or not: it may be acting.
    pub(super) fn inherit_named(&mut self, ctx: &mut Ctx<'_>, addr: &GatewayAddr) {
        let until = self.term.grace_until();
        self.roster.inherit_named(ctx, addr, until);
    }
}

#[cfg(test)]
pub(super) mod tests;
