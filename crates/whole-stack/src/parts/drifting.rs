use groupkeeper_election::testing::TokioClock;
use groupkeeper_types::{Clock, Moment};

/// A machine's clock, which runs fast or slow all the time, within what the timings allow.
#[derive(Debug)]
pub(crate) struct Drifting {
    pub(crate) clock: TokioClock,
    /// How fast, in parts per million: more than a million gains time.
    pub(crate) rate: u64,
}

impl Clock for Drifting {
    fn now(&self) -> Moment {
        let micros = self.clock.now().as_micros();
        Moment::from_micros(micros.saturating_mul(self.rate) / 1_000_000)
    }
}
