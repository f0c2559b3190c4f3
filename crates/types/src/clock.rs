use std::fmt::Debug;
use std::time::Duration;

use crate::Moment;

/// The one source of time. Leases are counted on it, so it must count the time a machine was
/// suspended, and it must never go backwards.
pub trait Clock: Debug + Send + Sync + 'static {
    /// The present moment.
    fn now(&self) -> Moment;
}

/// The time since the machine started, suspension included (`CLOCK_BOOTTIME`).
///
/// Where a system has no such clock its monotonic one is used, which on Apple's systems counts
/// suspension too.
#[derive(Debug, Clone, Copy, Default)]
pub struct BootClock;

impl Clock for BootClock {
    fn now(&self) -> Moment {
        #[cfg(any(target_os = "linux", target_os = "android"))]
        const CLOCK: rustix::time::ClockId = rustix::time::ClockId::Boottime;
        #[cfg(not(any(target_os = "linux", target_os = "android")))]
        const CLOCK: rustix::time::ClockId = rustix::time::ClockId::Monotonic;
        let time = rustix::time::clock_gettime(CLOCK);
        let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
        let nanos = u32::try_from(time.tv_nsec).unwrap_or(0);
        Moment::ZERO + Duration::new(seconds, nanos)
    }
}

/// A clock that stands still until a test moves it. Clones share the time.
#[cfg(feature = "testing")]
#[derive(Debug, Clone, Default)]
pub struct ManualClock(std::sync::Arc<std::sync::atomic::AtomicU64>);

#[cfg(feature = "testing")]
impl ManualClock {
    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let micros = u64::try_from(by.as_micros()).unwrap_or(u64::MAX);
        self.0
            .fetch_add(micros, std::sync::atomic::Ordering::SeqCst);
    }
}

#[cfg(feature = "testing")]
impl Clock for ManualClock {
    fn now(&self) -> Moment {
        Moment::from_micros(self.0.load(std::sync::atomic::Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boot_clock_does_not_go_backwards() {
        let first = BootClock.now();
        let second = BootClock.now();
        assert!(first > Moment::ZERO);
        assert!(second >= first);
    }
}
