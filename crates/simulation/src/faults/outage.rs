use crate::clock::Time;

/// When the store was last away from everybody.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Outage {
    /// How many faults keep it away now.
    faults: u32,
    from: Time,
    to: Time,
}

impl Outage {
    pub(crate) fn is_on(self) -> bool {
        self.faults > 0
    }

    pub(super) fn begin(&mut self, now: Time) {
        if self.faults == 0 {
            self.from = now;
        }
        self.faults += 1;
    }

    pub(super) fn end(&mut self, now: Time) {
        self.faults = self.faults.saturating_sub(1);
        if self.faults == 0 {
            self.to = now;
        }
    }

    /// From when to when it lasted, as of now.
    pub(crate) fn span(self, now: Time) -> (Time, Time) {
        (self.from, if self.is_on() { now } else { self.to })
    }
}
