use std::time::Duration;

use thiserror::Error;

/// How long everything takes and waits: one set of numbers for a whole fleet, and the same at every
/// gateway of it.
///
/// The letters are those of the inequalities in [`validate`](Self::validate).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Timing {
    /// L: how long the leader's lock holds without a renewal. Whole seconds.
    pub lock_ttl: Duration,
    /// r: how often the lock is renewed.
    pub renew_every: Duration,
    /// a: how long one call to the lock service may take.
    pub lock_call: Duration,
    /// c: how often a candidate tries, and a gateway without a session looks for the leader.
    pub retry_every: Duration,
    /// w: how long a new leader may take to acquire the lock and begin its epoch.
    pub take_over: Duration,
    /// D: how long a gateway may act, and answer from its cache, after a heartbeat it sent.
    pub lease: Duration,
    /// h: how often a gateway sends a heartbeat.
    pub heartbeat_every: Duration,
    /// V: how often a leader verifies its record at the store.
    pub verify_every: Duration,
    /// j: how long a gateway may take to find a new leader and join it.
    pub rejoin: Duration,
    /// t: how long a message and its answer may take.
    pub round_trips: Duration,
    /// f: how long a commit and its announcement may take.
    pub announce: Duration,
    /// ρ: how far a clock may run fast or slow, in parts per million.
    pub drift_ppm: u32,
    /// m: the margin on top.
    pub margin: Duration,
    /// How long one call to the store may take.
    pub store_call: Duration,
    /// How long an answer to "who coordinates this group?" may be waited for.
    pub find: Duration,
}

/// Numbers that can't keep a promise.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BrokenPromise {
    /// A span that makes no sense by itself.
    #[error("{name} can't be {span:?}: take from 1 ms to an hour")]
    Span {
        /// Which, in the letters of [`Timing`].
        name: &'static str,
        /// What it is.
        span: Duration,
    },
    /// Two sides that don't fit.
    #[error("these timings can't promise that {promise}: {formula} needs {left:?} ≤ {right:?}")]
    Inequality {
        /// What could not be promised.
        promise: &'static str,
        /// The inequality, in the letters of [`Timing`].
        formula: &'static str,
        /// Its left side.
        left: Duration,
        /// Its right side.
        right: Duration,
    },
}

impl Default for Timing {
    fn default() -> Self {
        let ms = Duration::from_millis;
        Self {
            lock_ttl: ms(2_000),
            renew_every: ms(500),
            lock_call: ms(400),
            retry_every: ms(250),
            take_over: ms(300),
            lease: ms(4_350),
            heartbeat_every: ms(500),
            verify_every: ms(300),
            rejoin: ms(350),
            round_trips: ms(100),
            announce: ms(300),
            drift_ppm: 5_000,
            margin: ms(50),
            store_call: ms(2_000),
            find: ms(1_500),
        }
    }
}

impl Timing {
    /// Shorter than this nothing can be timed, longer nobody waits.
    const SHORTEST: Duration = Duration::from_millis(1);
    const LONGEST: Duration = Duration::from_secs(3_600);

    /// T = L + c + w: from a leader's death to the next one's epoch.
    pub fn leaderless(&self) -> Duration {
        self.lock_ttl + self.retry_every + self.take_over
    }

    /// W = D(1+ρ)/(1−ρ) + m: how long a leader waits, by its own clock, until a silent gateway's
    /// lease is over by that gateway's clock, however both drift.
    pub fn wait(&self) -> Duration {
        let drift = u64::from(self.drift_ppm);
        let micros = u64::try_from(self.lease.as_micros()).unwrap_or(u64::MAX / 4_000_000);
        let stretched = micros
            .saturating_mul(1_000_000 + drift)
            .div_ceil(1_000_000 - drift);
        Duration::from_micros(stretched) + self.margin
    }

    /// A span by a clock that may run fast: `span × (1−ρ)`.
    fn short(&self, span: Duration) -> Duration {
        span - span * self.drift_ppm / 1_000_000
    }

    /// How long a new leader lets gateways find it before it gives out groups that have no
    /// coordinator, so that the first to arrive does not take everything.
    pub fn gather(&self) -> Duration {
        self.heartbeat_every + self.rejoin
    }

    /// Checks every promise.
    ///
    /// # Errors
    /// The first promise these numbers can't keep.
    pub fn validate(&self) -> Result<(), BrokenPromise> {
        let spans = [
            ("L", self.lock_ttl),
            ("r", self.renew_every),
            ("a", self.lock_call),
            ("c", self.retry_every),
            ("w", self.take_over),
            ("D", self.lease),
            ("h", self.heartbeat_every),
            ("V", self.verify_every),
            ("j", self.rejoin),
            ("t", self.round_trips),
            ("f", self.announce),
            ("the store's time", self.store_call),
            ("the time of an answer", self.find),
        ];
        for (name, span) in spans {
            if !(Self::SHORTEST..=Self::LONGEST).contains(&span) {
                return Err(BrokenPromise::Span { name, span });
            }
        }
        let drift = Duration::from_micros(u64::from(self.drift_ppm));
        let hold = |promise, formula, left: Duration, right: Duration| {
            if left <= right {
                Ok(())
            } else {
                Err(BrokenPromise::Inequality {
                    promise,
                    formula,
                    left,
                    right,
                })
            }
        };
        hold(
            "clocks agree",
            "ρ ≤ 10 %",
            drift,
            Duration::from_millis(100),
        )?;
        hold(
            "one failed renewal is harmless",
            "r + 2a + m ≤ L(1−ρ)",
            self.renew_every + 2 * self.lock_call + self.margin,
            self.short(self.lock_ttl),
        )?;
        hold(
            "leases survive a change of leader with one heartbeat lost",
            "T + j + 2h + V + t ≤ D(1−ρ)",
            self.leaderless()
                + self.rejoin
                + 2 * self.heartbeat_every
                + self.verify_every
                + self.round_trips,
            self.short(self.lease),
        )?;
        hold(
            "a gateway finds a new leader in time to join it",
            "c + t ≤ j",
            self.retry_every + self.round_trips,
            self.rejoin,
        )?;
        let seconds = Duration::from_secs;
        let wait = self.wait();
        hold(
            "a new leader leads within 4 s",
            "T ≤ 4 s",
            self.leaderless(),
            seconds(4),
        )?;
        hold(
            "a killed coordinator's groups are answered within 5 s",
            "W + f ≤ 5 s",
            wait + self.announce,
            seconds(5),
        )?;
        hold(
            "leader and coordinator may die at once, for 8 s",
            "T + W + f ≤ 8 s",
            self.leaderless() + wait + self.announce,
            seconds(8),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_keeps_every_promise() {
        let timing = Timing::default();
        timing.validate().unwrap();
        assert_eq!(timing.leaderless(), Duration::from_millis(2_550));
        assert_eq!(timing.wait(), Duration::from_micros(4_443_719));
    }

    #[test]
    fn a_broken_promise_names_both_numbers() {
        type Change = fn(&mut Timing);
        let broken = |change: Change| {
            let mut timing = Timing::default();
            change(&mut timing);
            timing.validate().unwrap_err().to_string()
        };
        let cases: [(Change, &str); 6] = [
            (|t| t.drift_ppm = 200_000, "clocks agree"),
            (|t| t.lock_call = Duration::from_secs(1), "2.55s ≤ 1.99s"),
            (|t| t.lease = Duration::from_secs(4), "4.3s ≤ 3.98s"),
            (
                |t| t.take_over = Duration::from_millis(330),
                "4.33s ≤ 4.32825s",
            ),
            (|t| t.announce = Duration::from_secs(1), "≤ 5s"),
            (|t| t.lease = Duration::from_secs(6), "≤ 5s"),
        ];
        for (change, expected) in cases {
            let error = broken(change);
            assert!(error.contains(expected), "{error}");
        }
    }
}
