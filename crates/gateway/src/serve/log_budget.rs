use std::time::Duration;

use tokio::time::Instant;

const WINDOW: Duration = Duration::from_secs(1);

/// Lets so many lines a second into the log, and counts the others, so that a crowd of bad clients
/// can't fill a disk.
#[derive(Debug)]
pub(crate) struct LogBudget {
    per_window: u32,
    window: Instant,
    written: u32,
    held_back: u64,
}

impl LogBudget {
    pub(crate) fn new(per_second: u32) -> Self {
        Self {
            per_window: per_second,
            window: Instant::now(),
            written: 0,
            held_back: 0,
        }
    }

    /// Whether one more line may be written, and then how many were held back since the last one.
    pub(crate) fn take(&mut self) -> Option<u64> {
        let now = Instant::now();
        if now.duration_since(self.window) >= WINDOW {
            (self.window, self.written) = (now, 0);
        }
        if self.written < self.per_window {
            self.written += 1;
            return Some(std::mem::take(&mut self.held_back));
        }
        self.held_back += 1;
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn counts_what_it_holds_back() {
        let mut budget = LogBudget::new(2);
        let lines: Vec<_> = (0..5).map(|_| budget.take()).collect();
        assert_eq!(lines, [Some(0), Some(0), None, None, None]);
        tokio::time::advance(WINDOW).await;
        assert_eq!(budget.take(), Some(3));
        assert_eq!(budget.take(), Some(0));
        assert_eq!(budget.take(), None);
    }
}
