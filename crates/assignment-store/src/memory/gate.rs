use std::sync::Arc;

use tokio::sync::watch;

/// Where calls wait until a test lets them on. Clones are the same gate.
#[derive(Debug, Clone, Default)]
pub struct Gate(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    open: watch::Sender<bool>,
    arrived: watch::Sender<usize>,
}

impl Gate {
    /// A closed gate.
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens it for good: for those that wait and for those that come.
    pub fn release(&self) {
        self.0.open.send_replace(true);
    }

    /// Waits until so many calls have come to this gate, those that gave up included. It waits for
    /// ever if they never come.
    pub async fn reached(&self, calls: usize) {
        let mut arrived = self.0.arrived.subscribe();
        // The sender lives in `self`, so the wait can't end in an error.
        let _ = arrived.wait_for(|count| *count >= calls).await;
    }

    pub(super) async fn pass(&self) {
        self.0.arrived.send_modify(|count| *count += 1);
        let _ = self.0.open.subscribe().wait_for(|open| *open).await;
    }
}
