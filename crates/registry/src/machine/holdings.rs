use std::collections::BTreeMap;
use std::ops::Bound;

use groupkeeper_types::mutation::{self, Mutation};
use groupkeeper_types::{Epoch, GatewayAddr, GroupName, Moment, Stamp};

use crate::peer::{Decision, Heartbeat};

/// What this gateway may act as coordinator of (G2), while its lease lasts.
///
/// A group is held from a decision that names this gateway, and let go at the first sign against it.
/// Two things keep a decision from being enough. One made by an earlier leader may have been undone
/// by writes that the store then lost, so whoever did not hold the group already takes it only when
/// every lease from then is over. And one that was revoked is no longer a decision, whenever it is
/// heard of again.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Holdings {
    lease_until: Moment,
    inherited_over: bool,
    held: BTreeMap<GroupName, Stamp>,
    /// No token of this process is less: it would not be greater than those of the process that was at
    /// this address before, or of whoever acted on another side of a fork.
    token_floor: Stamp,
    given_up: BTreeMap<GroupName, Stamp>,
    /// The last of them that was told, where not all were: it goes on there, or some would never be.
    told_up_to: Option<GroupName>,
    /// On its way out: nothing is held any more.
    closed: bool,
}

/// What became of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// As before.
    Same,
    /// It is held by this decision.
    By(Stamp),
    /// It is no longer held.
    NoLonger,
}

impl Holdings {
    pub(super) fn lease_until(&self) -> Moment {
        self.lease_until
    }

    /// Whether any group is held, leased or not.
    pub(super) fn holds_any(&self) -> bool {
        !self.held.is_empty()
    }

    /// The token under which a group may be acted for at this moment.
    pub(super) fn owns(&self, group: &GroupName, now: Moment) -> Option<Stamp> {
        let stamp = self.held.get(group).filter(|_| now < self.lease_until)?;
        Some(self.token_floor.max(*stamp))
    }

    /// Everything that is held at this moment, each with its token.
    pub(super) fn owned(&self, now: Moment) -> impl Iterator<Item = (&GroupName, Stamp)> {
        let leased = now < self.lease_until;
        self.held
            .iter()
            .filter(move |_| leased)
            .map(|(group, stamp)| (group, self.token_floor.max(*stamp)))
    }

    pub(super) fn token_floor(&self) -> Stamp {
        self.token_floor
    }

    /// Raises the least token.
    pub(super) fn raise_token_floor(&mut self, to: Stamp) {
        self.token_floor = self.token_floor.max(to);
    }

    /// The lease lasts at least until then. Only [`end_lease`](Self::end_lease) makes it shorter.
    pub(super) fn extend(&mut self, until: Moment) {
        if !self.closed {
            self.lease_until = self.lease_until.max(until);
        }
    }

    /// A decision has been heard, in the term `epoch`.
    pub(super) fn hear(&mut self, decision: &Decision, me: &GatewayAddr, epoch: Epoch) -> Held {
        let Decision {
            group,
            coordinator,
            stamp,
        } = decision;
        let revoked = self
            .given_up
            .get(group)
            .is_some_and(|given_up| given_up >= stamp);
        if !revoked {
            self.given_up.remove(group);
        }
        let before = self.held.get(group).copied();
        let may = before.is_some() || stamp.epoch == epoch || self.inherited_over;
        if coordinator != me || revoked || !may || self.closed {
            return self.let_go(group);
        }
        self.held.insert(group.clone(), *stamp);
        if before == Some(*stamp) {
            Held::Same
        } else {
            Held::By(*stamp)
        }
    }

    /// A decision is revoked.
    pub(super) fn give_up(&mut self, group: &GroupName, stamp: Stamp) -> Held {
        let given_up = self.given_up.entry(group.clone()).or_default();
        *given_up = stamp.max(*given_up);
        let newer = self.held.get(group).is_some_and(|held| *held > stamp);
        if newer {
            Held::Same
        } else {
            self.let_go(group)
        }
    }

    /// Nothing of what is held or was given up is of the history that counts, nor is the lease.
    pub(super) fn clear(&mut self) {
        self.end_lease();
        self.given_up.clear();
        self.told_up_to = None;
    }

    /// Everything is let go, to be held anew under a lease of whoever leads now: the lease so far may be of
    /// another history, on which that leader counts for nothing. What was given up stays given up.
    pub(super) fn end_lease(&mut self) {
        self.held.clear();
        self.lease_until = Moment::ZERO;
    }

    /// Gives up everything, for good.
    pub(super) fn close(&mut self) {
        self.closed = true;
        self.held.clear();
        self.lease_until = Moment::ZERO;
    }

    /// A lease that is over protects nothing: any of what is held may have moved since, so it is all
    /// let go. Whether there is no lease. While one lasts nobody takes what is held, whatever moves
    /// were missed.
    pub(super) fn lapse(&mut self, now: Moment) -> bool {
        let over = now >= self.lease_until && !mutation::is_on(Mutation::HeldThroughLapse);
        if over {
            self.held.clear();
        }
        over
    }

    /// The store has lost these decisions: the groups held by one, which are not any more.
    pub(super) fn lose(&mut self, lost: impl Fn(Stamp) -> bool) -> Vec<GroupName> {
        let lost = |_: &GroupName, stamp: &mut Stamp| lost(*stamp);
        self.held
            .extract_if(.., lost)
            .map(|(group, _)| group)
            .collect()
    }

    /// This gateway's groups have gone to others all at once: what is held by a decision older than
    /// that, and is not any more.
    pub(super) fn lose_older(&mut self, than: Stamp) -> Vec<GroupName> {
        let older = |_: &GroupName, stamp: &mut Stamp| *stamp < than;
        let lost = self.held.extract_if(.., older);
        lost.map(|(group, _)| group).collect()
    }

    /// Whether every lease that an earlier leader gave is over; `true` when that is news.
    pub(super) fn set_inherited_over(&mut self, over: bool) -> bool {
        let news = over && !self.inherited_over;
        self.inherited_over = over;
        news
    }

    /// What was given up and not decided anew since, as much as one heartbeat carries: where that is not
    /// all, the next in turn.
    pub(super) fn given_up(&mut self) -> Vec<(GroupName, Stamp)> {
        let mut bytes = 0;
        let fits = |(group, _): &(&GroupName, &Stamp)| {
            bytes += group.as_str().len();
            bytes <= Heartbeat::MAX_GIVEN_UP_BYTES
        };
        let after = self.told_up_to.as_ref();
        let is_after = |(group, _): &(&GroupName, &Stamp)| after.is_none_or(|after| *group > after);
        let later = self.given_up.range::<GroupName, _>((
            after.map_or(Bound::Unbounded, Bound::Excluded),
            Bound::Unbounded,
        ));
        let earlier = self.given_up.iter().take_while(|entry| !is_after(entry));
        let told: Vec<_> = later
            .chain(earlier)
            .take(Heartbeat::MAX_GIVEN_UP)
            .take_while(fits)
            .map(|(group, stamp)| (group.clone(), *stamp))
            .collect();
        let all = told.len() == self.given_up.len();
        self.told_up_to = told.last().map(|(group, _)| group.clone()).filter(|_| !all);
        told
    }

    fn let_go(&mut self, group: &GroupName) -> Held {
        if self.held.remove(group).is_some() {
            Held::NoLonger
        } else {
            Held::Same
        }
    }
}

#[cfg(test)]
mod tests;
