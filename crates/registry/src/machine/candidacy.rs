//! Whether a gateway campaigns for the lock.

use std::time::Duration;

use groupkeeper_election::LockOwner;
use groupkeeper_types::{GatewayAddr, Moment, Timing};

use super::core::{Ctx, Stopping};
use super::solitude::Solitude;
use super::{Effect, LockNews};

/// A gateway that can't lead lets others lead: it gives the lock back, and campaigns again only when the
/// store has just shown that it decides for this gateway.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Candidacy {
    /// It is out of the campaign, and looks for the record from then on.
    out: Option<Moment>,
    lock: Lock,
    /// How often it has led in vain.
    pub(super) solitude: Solitude,
}

/// The lock, as the election last told.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
enum Lock {
    #[default]
    Free,
    Mine {
        until: Moment,
    },
    HeldBy(LockOwner),
}

impl Candidacy {
    /// The longest that others are let try first.
    const LONGEST_PAUSE: Duration = Duration::from_secs(2);

    /// How long others are let try first: each of them tries some times in it.
    pub(super) fn pause(timing: &Timing) -> Duration {
        (4 * timing.retry_every).min(Self::LONGEST_PAUSE)
    }

    /// The election says something.
    pub(super) fn hear_of_lock(&mut self, news: LockNews) {
        self.lock = match news {
            LockNews::Mine { until } => Lock::Mine { until },
            LockNews::HeldBy(owner) => Lock::HeldBy(owner),
            LockNews::Free => Lock::Free,
        };
    }

    /// When this gateway's term ends by its own clock; never later than the present without one.
    pub(super) fn term_end(&self) -> Moment {
        match self.lock {
            Lock::Mine { until } => until,
            Lock::Free | Lock::HeldBy(_) => Moment::ZERO,
        }
    }

    /// Who holds the lock, with this gateway at `me`.
    pub(super) fn lock_owner(&self, me: &GatewayAddr) -> Option<String> {
        match &self.lock {
            Lock::Free => None,
            Lock::Mine { .. } => Some(me.to_string()),
            Lock::HeldBy(owner) => Some(owner.to_string()),
        }
    }

    pub(super) fn is_out(&self) -> bool {
        self.out.is_some()
    }

    /// When to look whether the store decides for this gateway.
    pub(super) fn look_at(&self) -> Moment {
        self.out.unwrap_or(Moment::NEVER)
    }

    /// To look at this moment, and not before.
    pub(super) fn look_again(&mut self, at: Moment) {
        self.out = self.out.map(|_| at);
    }
}

impl Ctx<'_> {
    /// Gives the lock back, and stays out of the campaign for so long at least.
    pub(super) fn stand_back(&mut self, pause: Duration) {
        // The lock is on its way back; until the election says so, it is not to be used.
        self.core.candidacy.hear_of_lock(LockNews::Free);
        if self.core.presence.stopping == Stopping::No {
            self.out.push(Effect::YieldLock);
            self.core.candidacy.out = Some(self.now + pause);
        }
    }

    /// A leader has answered: this gateway need no longer keep from leading for want of others that it reaches.
    pub(super) fn company(&mut self) {
        if self.core.candidacy.solitude.hears(self.now) {
            self.core.candidacy.look_again(self.now);
        }
    }

    /// The store has just shown that it decides for this gateway.
    pub(super) fn stand(&mut self) {
        if self.core.candidacy.out.take().is_some() && self.core.presence.stopping == Stopping::No {
            self.out.push(Effect::Campaign);
        }
    }

    /// The lock may be free: a candidate asks at once, and who is out looks at once whether it may be one.
    pub(super) fn lock_may_be_free(&mut self) {
        if self.core.candidacy.is_out() {
            self.core.candidacy.look_again(self.now);
        } else if self.core.presence.stopping == Stopping::No {
            self.out.push(Effect::Campaign);
        }
    }
}
