use std::fmt;
use std::ops::{Add, Sub};
use std::time::Duration;

/// A point in time on one [`Clock`](crate::Clock), in whole microseconds since that clock's start.
///
/// Moments of two machines have nothing to do with each other, so none is ever sent or stored.
/// Additions and subtractions stop at the ends of the range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Moment(u64);

impl Moment {
    /// The clock's start.
    pub const ZERO: Self = Self(0);
    /// Later than any moment that will be seen: a deadline that never comes.
    pub const NEVER: Self = Self(u64::MAX);

    /// The moment so many microseconds after the clock's start.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// Microseconds since the clock's start.
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// How long after `earlier` this is; zero when it is not later.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Moment {
    type Output = Self;

    fn add(self, span: Duration) -> Self {
        let micros = u64::try_from(span.as_micros()).unwrap_or(u64::MAX);
        Self(self.0.saturating_add(micros))
    }
}

impl Sub<Duration> for Moment {
    type Output = Self;

    fn sub(self, span: Duration) -> Self {
        let micros = u64::try_from(span.as_micros()).unwrap_or(u64::MAX);
        Self(self.0.saturating_sub(micros))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.since(Self::ZERO))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_stops_at_the_ends() {
        assert_eq!(Moment::NEVER + Duration::from_secs(1), Moment::NEVER);
        assert_eq!(
            Moment::from_micros(5) - Duration::from_secs(1),
            Moment::ZERO
        );
        assert_eq!(Moment::ZERO.since(Moment::NEVER), Duration::ZERO);
        assert_eq!(Moment::ZERO + Duration::MAX, Moment::NEVER);
    }
}
