use std::fmt;
use std::time::Duration;

use thiserror::Error;

use super::Timing;

/// What a [`Timing`] must fulfil, one for each promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Inequality {
    /// Clocks may drift, and not run wild.
    ClocksAgree,
    /// A leader stays one when a renewal of its lock fails.
    OneFailedRenewal,
    /// Candidates notice that a lock is free.
    CandidatesNotice,
    /// How long there is no leader.
    NewLeader,
    /// A gateway finds a new leader in time to join it.
    Rejoins,
    /// Leases survive a change of leader with one heartbeat lost.
    LeasesSurvive,
    /// Gateways are back before a new leader would take them for gone.
    NothingMoves,
    /// How long a dead coordinator's groups go without a living one.
    CoordinatorLost,
    /// The same where the leader dies as well.
    BothLost,
}

/// Numbers that can't keep a promise.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BrokenPromise {
    /// A span that makes no sense by itself.
    #[error("{name} can't be {span:?}: take from 1 ms to an hour")]
    Span {
        /// Which, with its letter in [`Timing`].
        name: &'static str,
        /// What it is.
        span: Duration,
    },
    /// Some lock services take nothing else.
    #[error("L, the lock's time, can't be {ttl:?}: take whole seconds")]
    WholeSeconds {
        /// What it is.
        ttl: Duration,
    },
    /// Two sides that don't fit.
    #[error(
        "these timings can't promise that {} ({inequality:?}): {} needs {left:?} {} {right:?}",
        .inequality.promise(), .inequality.formula(), .inequality.sign()
    )]
    Inequality {
        /// Which.
        inequality: Inequality,
        /// Its left side.
        left: Duration,
        /// Its right side.
        right: Duration,
    },
}

impl Inequality {
    /// Every one, in the order they are checked: the first makes sure that the others can be computed.
    pub const ALL: [Self; 9] = [
        Self::ClocksAgree,
        Self::OneFailedRenewal,
        Self::CandidatesNotice,
        Self::NewLeader,
        Self::Rejoins,
        Self::LeasesSurvive,
        Self::NothingMoves,
        Self::CoordinatorLost,
        Self::BothLost,
    ];

    /// What is promised, as the end of "… that".
    pub const fn promise(self) -> &'static str {
        match self {
            Self::ClocksAgree => "clocks agree",
            Self::OneFailedRenewal => "one failed renewal is harmless",
            Self::CandidatesNotice => "candidates notice a free lock",
            Self::NewLeader => "a new leader leads in time",
            Self::Rejoins => "a gateway finds a new leader in time to join it",
            Self::LeasesSurvive => "leases survive a change of leader with one heartbeat lost",
            Self::NothingMoves => "a change of leader moves nothing",
            Self::CoordinatorLost => "a killed coordinator's groups are answered in time",
            Self::BothLost => "leader and coordinator may die at once",
        }
    }

    /// The same in the letters of [`Timing`], with T = L + c + w, b = max(h, 5t), W = D(1+ρ)/(1−ρ) + m, and
    /// P for the configuration's own promise.
    pub const fn formula(self) -> &'static str {
        match self {
            Self::ClocksAgree => "ρ ≤ 10 %, in seconds of drift a second,",
            Self::OneFailedRenewal => "r + 2a + m ≤ L(1−ρ)",
            Self::CandidatesNotice => "c ≤ L/2",
            Self::NewLeader => "T ≤ P",
            Self::Rejoins => "c + t ≤ j",
            Self::LeasesSurvive => "T + j + h + b + V + t ≤ D(1−ρ)",
            Self::NothingMoves => "j + h + t < W",
            Self::CoordinatorLost => "W + h + f ≤ P",
            Self::BothLost => "T + W + h + f ≤ P",
        }
    }

    /// The two sides, as these timings have them.
    pub fn sides(self, timing: &Timing) -> (Duration, Duration) {
        let Timing {
            lock_ttl,
            renew_every,
            lock_call,
            retry_every,
            heartbeat_every,
            verify_every,
            rejoin,
            round_trips,
            announce,
            margin,
            promises,
            ..
        } = timing;
        // A span by a clock that may run fast.
        let short = |span: Duration| span.saturating_sub(span * timing.drift_ppm / 1_000_000);
        match self {
            Self::ClocksAgree => (
                Duration::from_micros(u64::from(timing.drift_ppm)),
                Duration::from_millis(100),
            ),
            Self::OneFailedRenewal => (*renew_every + 2 * *lock_call + *margin, short(*lock_ttl)),
            Self::CandidatesNotice => (*retry_every, *lock_ttl / 2),
            Self::NewLeader => (timing.leaderless(), promises.leader),
            Self::Rejoins => (*retry_every + *round_trips, *rejoin),
            Self::LeasesSurvive => (
                timing.leaderless()
                    + *rejoin
                    + *heartbeat_every
                    + timing.heartbeat_call()
                    + *verify_every
                    + *round_trips,
                short(timing.lease),
            ),
            Self::NothingMoves => (*rejoin + *heartbeat_every + *round_trips, timing.wait()),
            // Others hear of it when their next heartbeat is answered.
            Self::CoordinatorLost => (
                timing.wait() + *heartbeat_every + *announce,
                promises.coordinator,
            ),
            Self::BothLost => (
                timing.leaderless() + timing.wait() + *heartbeat_every + *announce,
                promises.both,
            ),
        }
    }

    /// Whether these timings fulfil it.
    ///
    /// # Errors
    /// Both sides, where they don't.
    pub fn check(self, timing: &Timing) -> Result<(), BrokenPromise> {
        let (left, right) = self.sides(timing);
        if left < right || (left == right && !self.is_strict()) {
            return Ok(());
        }
        Err(BrokenPromise::Inequality {
            inequality: self,
            left,
            right,
        })
    }

    const fn is_strict(self) -> bool {
        matches!(self, Self::NothingMoves)
    }

    const fn sign(self) -> &'static str {
        if self.is_strict() { "<" } else { "≤" }
    }
}

impl fmt::Display for Inequality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.promise(), self.formula())
    }
}
