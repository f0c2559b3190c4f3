use tokio::sync::watch;
use tonic_health::ServingStatus;

/// What a health check is told.
#[derive(Debug)]
pub(super) enum Readiness {
    /// That it serves, as long as it does.
    Always,
    /// Whether somebody says so.
    While(watch::Receiver<bool>),
    /// Whoever said so is gone.
    NoLonger,
}

impl Readiness {
    /// At this moment.
    pub(super) fn status(&self) -> ServingStatus {
        let ready = match self {
            Self::Always => true,
            Self::While(ready) => *ready.borrow(),
            Self::NoLonger => false,
        };
        if ready {
            ServingStatus::Serving
        } else {
            ServingStatus::NotServing
        }
    }

    /// Waits until it may be another; forever, where it can't. Cancel safe.
    pub(super) async fn changed(&mut self) -> ServingStatus {
        match self {
            Self::While(ready) => {
                if ready.changed().await.is_err() {
                    *self = Self::NoLonger;
                }
            }
            Self::Always | Self::NoLonger => std::future::pending().await,
        }
        self.status()
    }
}
