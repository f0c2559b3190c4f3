use groupkeeper_types::Moment;

/// One unbroken stretch of this process holding the lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Term {
    /// 1 for the first term this process won, one more for each later one. It is known to this
    /// process alone: it is not an epoch.
    pub number: u64,
    /// When the request that won it was sent.
    pub asked_at: Moment,
    /// When the claim ends unless a renewal moves it: by this process's own clock, and before the
    /// lock can expire for others. At this very moment it is over.
    pub ends: Moment,
}

impl Term {
    /// Whether the claim still stands at `now`.
    pub fn is_running(&self, now: Moment) -> bool {
        now < self.ends
    }
}
