use std::time::Duration;

mod inequality;
mod profile;
#[cfg(test)]
mod tests;

pub use inequality::{BrokenPromise, Inequality};
pub use profile::{InvalidTimingProfile, TimingProfile};

/// How long everything takes and waits. Election, verification, leases and the calls to a store all
/// draw from this one set of numbers; what they promise is in [`Inequality`].
///
/// The letters are those of the inequalities. A fleet is meant to have one such set, and stays safe
/// with several, as while it changes over: see `LeaderRecord::leases` in the assignment store.
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
    /// f: how long a commit may take, and the answer that brings it to others.
    pub announce: Duration,
    /// ρ: how far a clock may run fast or slow, in parts per million.
    pub drift_ppm: u32,
    /// m: the margin on top.
    pub margin: Duration,
    /// How long one call to the store may take.
    pub store_call: Duration,
    /// How long an answer to "who coordinates this group?" may be waited for.
    pub find: Duration,
    /// What these numbers have to keep.
    pub promises: Promises,
}

/// How long failures may show, where the store and the network answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Promises {
    /// From a leader's death to the next one's epoch.
    pub leader: Duration,
    /// From a coordinator's death until its groups are answered by living ones.
    pub coordinator: Duration,
    /// The same where the leader dies at the same moment.
    pub both: Duration,
}

impl Default for Promises {
    /// 4 s, 5 s and 8 s: a client that gives up after 9 s (kafkajs) lives through all of them.
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            leader: seconds(4),
            coordinator: seconds(5),
            both: seconds(8),
        }
    }
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
            lease: ms(4_200),
            heartbeat_every: ms(350),
            verify_every: ms(300),
            rejoin: ms(350),
            round_trips: ms(100),
            announce: ms(300),
            drift_ppm: 5_000,
            margin: ms(50),
            store_call: ms(2_000),
            find: ms(1_500),
            promises: Promises::default(),
        }
    }
}

impl Timing {
    /// Shorter than this nothing can be timed.
    pub const SHORTEST: Duration = Duration::from_millis(1);
    /// Longer than this nobody waits.
    pub const LONGEST: Duration = Duration::from_secs(3_600);

    /// The spans of SeaweedFS's own gateway: a heartbeat every 10 s, a gateway taken for gone after
    /// 30 s, a lock of 7 s. It promises less: see its [`promises`](Self::promises). Clients that give
    /// up after 9 s do not live through the death of a coordinator.
    pub fn reference() -> Self {
        let ms = Duration::from_millis;
        Self {
            lock_ttl: ms(7_000),
            renew_every: ms(3_000),
            lock_call: ms(1_000),
            retry_every: ms(500),
            take_over: ms(500),
            lease: ms(30_000),
            heartbeat_every: ms(10_000),
            verify_every: ms(800),
            rejoin: ms(700),
            promises: Promises {
                leader: ms(9_000),
                coordinator: ms(41_000),
                both: ms(49_000),
            },
            ..Self::default()
        }
    }

    /// T = L + c + w: from a leader's death to the next one's epoch.
    pub fn leaderless(&self) -> Duration {
        self.lock_ttl + self.retry_every + self.take_over
    }

    /// W = D(1+ρ)/(1−ρ) + m: how long a leader waits, by its own clock, until a silent gateway's
    /// lease is over by that gateway's clock, however both drift.
    pub fn wait(&self) -> Duration {
        self.wait_for(self.lease)
    }

    /// The same for a lease of another length, which an earlier leader gave: at most
    /// [`LONGEST`](Self::LONGEST) of it counts, since nobody gives a longer one.
    ///
    /// # Panics
    /// When clocks may drift by all of the time that passes, which no accepted timing says.
    pub fn wait_for(&self, lease: Duration) -> Duration {
        let drift = u64::from(self.drift_ppm);
        let micros = u64::try_from(lease.min(Self::LONGEST).as_micros()).unwrap_or(u64::MAX);
        let stretched = micros
            .saturating_mul(1_000_000 + drift)
            .div_ceil(1_000_000 - drift);
        Duration::from_micros(stretched) + self.margin
    }

    /// How often to send heartbeats to a leader that gives leases of this length: as often as usual,
    /// unless it gives shorter ones than this configuration does. Then a tenth of that, so that a lost
    /// heartbeat and a change of leader fit in.
    pub fn heartbeat_for(&self, lease: Duration) -> Duration {
        if lease < self.lease {
            self.heartbeat_every.min(lease / 10).max(Self::SHORTEST)
        } else {
            self.heartbeat_every
        }
    }

    /// b = max(h, 5t): how long the answer to a heartbeat is waited for, and so what a lost one costs. Longer
    /// than until the next one is due, where those are frequent: an answer that is late is worth more than
    /// another try, which may be as late.
    pub fn heartbeat_call(&self) -> Duration {
        self.heartbeat_every.max(5 * self.round_trips)
    }

    /// How long a new leader lets gateways find it before it gives out groups that have no
    /// coordinator, so that the first to arrive does not take everything.
    pub fn gather(&self) -> Duration {
        self.heartbeat_every + self.rejoin
    }

    /// How long gateways may take, once the store answers again, to find a leader there and join it: a
    /// question that was under way may have to run out before. Never more than W, so that a store that
    /// does answer lets nobody wait longer.
    pub fn rejoin_after_outage(&self) -> Duration {
        let rejoins = self.rejoin + self.heartbeat_every + self.round_trips;
        (self.store_call + rejoins).min(self.wait())
    }

    /// Since when a leader must have verified its record for the store to count as one that answers: a
    /// verification is due, and has taken half of what it may.
    pub fn store_silence(&self) -> Duration {
        self.verify_every + self.store_call / 2
    }

    /// Checks every span and every [`Inequality`].
    ///
    /// # Errors
    /// The first promise these numbers can't keep.
    pub fn validate(&self) -> Result<(), BrokenPromise> {
        for (name, span) in self.spans() {
            if !(Self::SHORTEST..=Self::LONGEST).contains(&span) {
                return Err(BrokenPromise::Span { name, span });
            }
        }
        if self.lock_ttl.subsec_nanos() != 0 {
            let ttl = self.lock_ttl;
            return Err(BrokenPromise::WholeSeconds { ttl });
        }
        Inequality::ALL
            .into_iter()
            .try_for_each(|it| it.check(self))
    }

    fn spans(&self) -> [(&'static str, Duration); 17] {
        [
            ("L, the lock's time,", self.lock_ttl),
            ("r, the time between renewals,", self.renew_every),
            ("a, the time of a call to the lock,", self.lock_call),
            ("c, the time between tries,", self.retry_every),
            ("w, the time of a take-over,", self.take_over),
            ("D, the lease,", self.lease),
            ("h, the time between heartbeats,", self.heartbeat_every),
            ("V, the time between verifications,", self.verify_every),
            ("j, the time to join again,", self.rejoin),
            ("t, the time of a message and its answer,", self.round_trips),
            ("f, the time of a commit and its news,", self.announce),
            ("m, the margin,", self.margin),
            ("the time of a call to the store", self.store_call),
            ("the time of an answer", self.find),
            ("the promise about leaders", self.promises.leader),
            ("the promise about coordinators", self.promises.coordinator),
            ("the promise about both", self.promises.both),
        ]
    }
}
