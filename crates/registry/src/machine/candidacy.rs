//! Whether a gateway campaigns for the lock.

use std::time::Duration;

use groupkeeper_types::{Moment, Timing};

use super::core::{Ctx, Stopping};
use super::{Effect, LockNews};

/// A gateway that can't lead lets others lead: it gives the lock back, and campaigns again only when the
/// store has just shown that it decides for this gateway.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Candidacy {
    /// It is out of the campaign, and looks for the record from then on.
    out: Option<Moment>,
}

impl Candidacy {
    /// The longest that others are let try first.
    const LONGEST_PAUSE: Duration = Duration::from_secs(2);

    /// How long others are let try first: each of them tries some times in it.
    pub(super) fn pause(timing: &Timing) -> Duration {
        (4 * timing.retry_every).min(Self::LONGEST_PAUSE)
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
        self.core.hear_of_lock(LockNews::Free);
        if self.core.stopping == Stopping::No {
            self.out.push(Effect::YieldLock);
            self.core.candidacy.out = Some(self.now + pause);
        }
    }

    /// A leader has answered: this gateway need no longer keep from leading for want of others that it reaches.
    pub(super) fn company(&mut self) {
        if self.core.solitude.hears(self.now) {
            self.core.candidacy.look_again(self.now);
        }
    }

    /// The store has just shown that it decides for this gateway.
    pub(super) fn stand(&mut self) {
        if self.core.candidacy.out.take().is_some() && self.core.stopping == Stopping::No {
            self.out.push(Effect::Campaign);
        }
    }

    /// The lock may be free: a candidate asks at once, and who is out looks at once whether it may be one.
    pub(super) fn lock_may_be_free(&mut self) {
        if self.core.candidacy.is_out() {
            self.core.candidacy.look_again(self.now);
        } else if self.core.stopping == Stopping::No {
            self.out.push(Effect::Campaign);
        }
    }
}
