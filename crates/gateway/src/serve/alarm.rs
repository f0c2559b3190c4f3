use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use super::closed::Reason;
use crate::Limits;

/// Ends when a client has taken too long, and says why.
///
/// The runtime's timer is left as it is while what it is set to comes before the time that counts:
/// most connections that are served get another request long before, and setting it for each of them
/// would cost more than answering them.
#[derive(Debug)]
pub(crate) struct Alarm {
    timer: Pin<Box<Sleep>>,
    frame_within: Duration,
    idle: Duration,
    deadline: Instant,
    due: bool,
}

impl Alarm {
    /// For a connection without a request.
    pub(crate) fn new(limits: &Limits) -> Self {
        let deadline = Instant::now() + limits.idle;
        Self {
            timer: Box::pin(sleep_until(deadline)),
            frame_within: limits.frame_within,
            idle: limits.idle,
            deadline,
            due: false,
        }
    }

    /// From now on a request must be whole in time after `due_since`, or, without one, the client may
    /// be silent for as long as it may be idle.
    pub(crate) fn set(&mut self, due_since: Option<Instant>) {
        self.due = due_since.is_some();
        self.deadline = match due_since {
            Some(since) => since + self.frame_within,
            None => Instant::now() + self.idle,
        };
        if self.deadline < self.timer.deadline() {
            self.timer.as_mut().reset(self.deadline);
        }
    }
}

impl Future for Alarm {
    type Output = Reason;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Reason> {
        let deadline = self.deadline;
        loop {
            ready!(self.timer.as_mut().poll(cx));
            if Instant::now() >= deadline {
                break;
            }
            self.timer.as_mut().reset(deadline);
        }
        Poll::Ready(if self.due {
            Reason::SlowFrame(self.frame_within)
        } else {
            Reason::Idle(self.idle)
        })
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::{advance, timeout};

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn rings_at_the_time_that_was_set_last() {
        let limits = Limits::default();
        let mut alarm = Alarm::new(&limits);
        // Each request puts silence off.
        for _ in 0..3 {
            alarm.set(None);
            let early = timeout(limits.idle - SECOND, &mut alarm).await;
            assert!(early.is_err(), "{early:?}");
        }
        let rung = timeout(2 * SECOND, &mut alarm).await.unwrap();
        assert!(matches!(rung, Reason::Idle(after) if after == limits.idle));
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_is_due_from_its_first_byte() {
        let limits = Limits::default();
        let mut alarm = Alarm::new(&limits);
        let since = Instant::now();
        alarm.set(Some(since));
        advance(SECOND).await;
        // More bytes of the same request give it no more time.
        alarm.set(Some(since));
        let rung = timeout(limits.frame_within, &mut alarm).await.unwrap();
        assert!(matches!(rung, Reason::SlowFrame(within) if within == limits.frame_within));
        assert_eq!(since.elapsed().as_secs(), limits.frame_within.as_secs());
    }
}
