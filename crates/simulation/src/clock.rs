use groupkeeper_types::Moment;

/// Microseconds of true time since the run began: what no gateway can see.
pub(crate) type Time = u64;

/// So many milliseconds.
pub(crate) const fn ms(milliseconds: u64) -> Time {
    milliseconds * 1_000
}

/// So many seconds.
pub(crate) const fn s(seconds: u64) -> Time {
    seconds * 1_000_000
}

/// One machine's clock: it runs a little fast or slow, and counts on while a process is stopped.
#[derive(Debug, Clone)]
pub(crate) struct HostClock {
    since: Time,
    then: u64,
    ppm: i64,
}

impl HostClock {
    /// A clock that shows `local` at the beginning, and gains `ppm` microseconds every second.
    pub(crate) fn new(local: u64, ppm: i64) -> Self {
        Self {
            since: 0,
            then: local,
            ppm,
        }
    }

    fn rate(&self) -> u64 {
        u64::try_from(1_000_000 + self.ppm).unwrap_or(1)
    }

    /// What it shows.
    pub(crate) fn show(&self, now: Time) -> Moment {
        // Runs last minutes: that is far from where 64 bits end.
        let passed = (now - self.since) * self.rate() / 1_000_000;
        Moment::from_micros(self.then + passed)
    }

    /// The first true time at which it shows `moment` or later.
    pub(crate) fn when(&self, moment: Moment) -> Time {
        if moment == Moment::NEVER {
            return Time::MAX;
        }
        let ahead = moment.as_micros().saturating_sub(self.then);
        let passes = ahead.saturating_mul(1_000_000).div_ceil(self.rate());
        self.since.saturating_add(passes)
    }

    /// Runs at another speed from now on.
    pub(crate) fn drift(&mut self, now: Time, ppm: i64) {
        self.then = self.show(now).as_micros();
        (self.since, self.ppm) = (now, ppm);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_a_moment_when_it_says_and_not_before() {
        for ppm in [-5_000, -1, 0, 3, 5_000] {
            let mut clock = HostClock::new(1_234, ppm);
            clock.drift(777, -ppm);
            for ahead in [0, 1, 17, 999_999, 86_400_000_001] {
                let moment = Moment::from_micros(clock.show(777).as_micros() + ahead);
                let when = clock.when(moment);
                assert!(clock.show(when) >= moment);
                assert!(when == 777 || clock.show(when - 1) < moment);
            }
        }
    }
}
