//! How far a long run has come, for the person who waits for it.
#![allow(
    clippy::disallowed_types,
    reason = "how long a run takes is for a person to read, and no seed sees it"
)]
#![allow(
    clippy::print_stdout,
    reason = "only command-line tools use it, which talk on their standard output"
)]

use std::time::{Duration, Instant};

/// Counts seeds against the clock on the wall.
#[derive(Debug)]
pub struct Progress {
    whole: u64,
    began: Instant,
    told: Instant,
}

impl Progress {
    /// Often enough to be looked at, and not a flood in a log.
    const EVERY: Duration = Duration::from_secs(5);

    /// Of so many seeds, none of them done.
    pub fn of(whole: u64) -> Self {
        let now = Instant::now();
        Self {
            whole,
            began: now,
            told: now,
        }
    }

    /// Prints a line, unless the last one is recent and this is not the end.
    pub fn tell(&mut self, done: u64, failed: u64) {
        let now = Instant::now();
        if done < self.whole && now - self.told < Self::EVERY {
            return;
        }
        self.told = now;
        println!("{}", line(done, self.whole, failed, now - self.began));
    }
}

fn line(done: u64, whole: u64, failed: u64, took: Duration) -> String {
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX).max(1);
    let tenths = done.saturating_mul(10_000) / millis;
    let left = (whole - done).saturating_mul(millis) / done.max(1) / 1_000;
    format!(
        "{done} of {whole} seeds, {failed} failed, {}.{} seeds/s, {} min {:02} s left",
        tenths / 10,
        tenths % 10,
        left / 60,
        left % 60,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_rate_and_what_is_left() {
        let took = Duration::from_millis(10_000);
        let expected = "250 of 5000 seeds, 1 failed, 25.0 seeds/s, 3 min 10 s left";
        assert_eq!(line(250, 5_000, 1, took), expected);
        let end = "2 of 2 seeds, 0 failed, 2000.0 seeds/s, 0 min 00 s left";
        assert_eq!(line(2, 2, 0, Duration::ZERO), end);
    }
}
