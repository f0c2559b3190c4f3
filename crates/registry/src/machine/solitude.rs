//! How often a gateway has led in vain.

use std::time::Duration;

use groupkeeper_types::{Moment, Timing};

/// What a gateway remembers that has led and missed all others, until one hears it or is heard.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Solitude {
    /// Whether there have been others in this process's time: who was never of a fleet misses nobody.
    knows_others: bool,
    /// How long it rested after it had lent the lock last; zero where it has not since it was heard.
    pause: Duration,
    /// Until then it does not lend the lock again, and wants it back from nobody who took it.
    rests_until: Moment,
}

impl Solitude {
    /// The longest rest.
    const LONGEST: Duration = Duration::from_secs(600);

    /// Whether there can be others; there are, where somebody sees them.
    pub(super) fn knows_others(&mut self, seen: bool) -> bool {
        self.knows_others |= seen;
        self.knows_others
    }

    /// Whether the lock has been lent since others were heard.
    pub(super) fn has_lent(&self) -> bool {
        !self.pause.is_zero()
    }

    pub(super) fn rests_until(&self) -> Moment {
        self.rests_until
    }

    /// The lock is lent until then. Each rest is twice as long as the one before; the first is longer than
    /// another gateway takes to lead, to miss everybody, and to lend the lock in its turn.
    pub(super) fn lends(&mut self, until: Moment, timing: &Timing) {
        let first = 2 * timing.lock_ttl;
        self.pause = (2 * self.pause).max(first).min(Self::LONGEST);
        self.rests_until = until + self.pause;
    }

    /// Another gateway heard this one at that moment, or was heard; whether that ends this.
    pub(super) fn hears(&mut self, at: Moment) -> bool {
        self.knows_others = true;
        let ends = self.has_lent() && at >= self.rests_until - self.pause;
        if ends {
            (self.pause, self.rests_until) = (Duration::ZERO, Moment::ZERO);
        }
        ends
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rest_is_twice_as_long_up_to_a_limit() {
        let timing = Timing::default();
        let mut solitude = Solitude::default();
        let mut rests = Vec::new();
        for _ in 0..10 {
            solitude.lends(Moment::ZERO, &timing);
            rests.push(solitude.rests_until().since(Moment::ZERO).as_secs());
        }
        assert_eq!(rests, [4, 8, 16, 32, 64, 128, 256, 512, 600, 600]);
    }

    #[test]
    fn who_was_heard_before_the_lock_was_lent_ends_nothing() {
        let (timing, at) = (Timing::default(), Moment::from_micros);
        let mut solitude = Solitude::default();
        assert!(!solitude.hears(at(9)));
        solitude.lends(at(7), &timing);
        assert!(!solitude.hears(at(6)) && solitude.has_lent());
        assert!(solitude.hears(at(7)) && !solitude.has_lent());
        solitude.lends(at(5), &timing);
        assert_eq!(solitude.rests_until(), at(5) + 2 * timing.lock_ttl);
    }

    #[test]
    fn others_are_never_forgotten() {
        let mut solitude = Solitude::default();
        assert!(!solitude.knows_others(false) && solitude.knows_others(true));
        assert!(solitude.knows_others(false));
        let mut solitude = Solitude::default();
        assert!(!solitude.hears(Moment::ZERO) && solitude.knows_others(false));
        solitude.lends(Moment::ZERO, &Timing::default());
        assert!(solitude.hears(Moment::NEVER) && solitude.knows_others(false));
    }
}
