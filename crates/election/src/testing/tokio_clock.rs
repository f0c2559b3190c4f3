use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use groupkeeper_types::{Clock, Moment};
use tokio::time::Instant;

/// A clock that follows Tokio's time, also where a test pauses it. Clones share the time.
#[derive(Debug, Clone)]
pub struct TokioClock {
    start: Instant,
    jumped_micros: Arc<AtomicU64>,
}

impl TokioClock {
    /// A clock at zero. Tokio's time is paused per runtime: make it inside the one that uses it.
    pub fn new() -> Self {
        Self {
            start: Instant::now(),
            jumped_micros: Arc::default(),
        }
    }

    /// Moves the clock ahead while Tokio's timers stand still: what a process sees that was
    /// suspended for so long.
    pub fn jump(&self, by: Duration) {
        let micros = u64::try_from(by.as_micros()).unwrap_or(u64::MAX);
        self.jumped_micros.fetch_add(micros, Ordering::SeqCst);
    }
}

impl Default for TokioClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for TokioClock {
    fn now(&self) -> Moment {
        let jumped = Duration::from_micros(self.jumped_micros.load(Ordering::SeqCst));
        Moment::ZERO + self.start.elapsed() + jumped
    }
}
