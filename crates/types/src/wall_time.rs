use serde::{Deserialize, Serialize};

/// A date and time of day, in whole milliseconds since 1970-01-01 UTC: for people to read in stored
/// files. It jumps, so no decision depends on what it says; that it has jumped may end a lease.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct WallTime(i64);

impl WallTime {
    /// 1970-01-01 UTC: also what stands for "unknown".
    pub const EPOCH: Self = Self(0);

    /// So many milliseconds after 1970-01-01 UTC, before it when negative.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970-01-01 UTC, negative before it.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// What the machine's clock on the wall says.
    #[allow(
        clippy::disallowed_types,
        reason = "the one place that reads the wall clock"
    )]
    pub fn now() -> Self {
        use std::time::{Duration, SystemTime, UNIX_EPOCH};
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or(Duration::ZERO);
        Self(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}
