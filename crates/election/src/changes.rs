use std::sync::Arc;

use tokio::sync::broadcast::{self, error::RecvError};

use crate::Change;
use crate::election::Shared;

/// What a subscriber of [`Changes`] gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Observed {
    /// The next change.
    Change(Change),
    /// The subscriber was too slow, and so many changes are gone. The newest change follows.
    Missed(u64),
}

/// Every change in who leads, whole and in order, beginning with the state at the subscription.
///
/// [`Changes::KEPT`] changes wait for a subscriber. One that falls further behind is told how many
/// it missed, and goes on with the newest.
#[derive(Debug)]
pub struct Changes {
    shared: Arc<Shared>,
    channel: Option<broadcast::Receiver<Change>>,
    /// The state that a subscription began with, until it is handed out.
    first: Option<Change>,
    seen: u64,
}

impl Changes {
    /// How many changes wait for a slow subscriber.
    pub const KEPT: usize = 64;

    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        let (first, channel) = shared.subscribe();
        Self {
            shared,
            channel,
            seen: first.number,
            first: Some(first),
        }
    }

    /// Waits for what comes next; `None` once the election has stopped and all is handed out.
    /// Cancel safe: nothing is lost.
    pub async fn next(&mut self) -> Option<Observed> {
        if let Some(first) = self.first.take() {
            self.seen = first.number;
            return Some(Observed::Change(first));
        }
        match self.channel.as_mut()?.recv().await {
            Ok(change) => {
                self.seen = change.number;
                Some(Observed::Change(change))
            }
            Err(RecvError::Lagged(_)) => {
                let seen = self.seen;
                *self = Self::new(Arc::clone(&self.shared));
                Some(Observed::Missed(self.seen.saturating_sub(seen + 1)))
            }
            Err(RecvError::Closed) => None,
        }
    }
}
