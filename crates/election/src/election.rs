use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use groupkeeper_types::{Clock, Moment};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::{
    Candidate, Changes, InvalidCampaignConfig, Leadership, LockOwner, LockRequest, LockService,
    Term, WaitError,
};

mod driver;
mod shared;

pub(crate) use shared::Shared;

/// A running campaign: asks a lock service in a task of its own, and tells who leads.
///
/// The task ends with this value, without a release: the lock then ends by itself, as it does in
/// a crash. To leave at once, [`resign`](Self::resign) first.
#[derive(Debug)]
pub struct Election {
    shared: Arc<Shared>,
    owner: LockOwner,
    tasks: JoinSet<()>,
}

impl Election {
    /// Starts to campaign, on the present Tokio runtime.
    ///
    /// The clock must count the time that the machine is suspended, as
    /// [`BootClock`](groupkeeper_types::BootClock) does, or a leader that wakes up believes in a
    /// term that is over.
    ///
    /// # Errors
    /// When the candidate's configuration can't keep its promise.
    ///
    /// # Panics
    /// Outside a Tokio runtime.
    pub fn start(
        service: Arc<dyn LockService>,
        clock: Arc<dyn Clock>,
        candidate: Candidate,
    ) -> Result<Self, InvalidCampaignConfig> {
        let Candidate {
            key,
            owner,
            config,
            seed,
        } = candidate;
        let request = LockRequest {
            key,
            owner: owner.clone(),
            ttl: config.ttl,
        };
        let shared = Arc::new(Shared::new(clock, config, seed)?);
        shared.input(|campaign, now| campaign.start(now));
        let mut tasks = JoinSet::new();
        tasks.spawn(driver::run(Arc::clone(&shared), service, request));
        Ok(Self {
            shared,
            owner,
            tasks,
        })
    }

    /// Who leads now, this process included; `None` while nobody is known to, and after the end
    /// of the task.
    pub fn leader(&self) -> Option<LockOwner> {
        match self.shared.leadership() {
            Leadership::Unknown => None,
            Leadership::Other(owner) => Some(owner),
            Leadership::Me(_) => Some(self.owner.clone()),
        }
    }

    /// Whether this process leads now. It compares the term with the clock at the moment of asking,
    /// so that it is right at once in a process that was suspended, before any task has run.
    pub fn is_leader(&self) -> bool {
        self.term_end().is_some()
    }

    /// When the running term ends unless it is renewed; `None` while this process does not lead.
    pub fn term_end(&self) -> Option<Moment> {
        self.shared.running_term().map(|term| term.ends)
    }

    /// The claimed term, and every renewal of it. It may be over by the clock a moment before this
    /// says `None`: compare [`Term::ends`] with the clock before relying on it.
    pub fn term(&self) -> watch::Receiver<Option<Term>> {
        self.shared.term.subscribe()
    }

    /// Every change from now on, after the state as it is now.
    pub fn changes(&self) -> Changes {
        Changes::new(Arc::clone(&self.shared))
    }

    /// Waits until somebody leads, and says who. Cancel safe.
    ///
    /// # Errors
    /// When nobody is known to lead within `timeout`, or the election has stopped.
    pub async fn wait_for_leader(&self, timeout: Duration) -> Result<LockOwner, WaitError> {
        let found = self.shared.wait_until(|| self.leader());
        match tokio::time::timeout(timeout, found).await {
            Ok(Some(leader)) => Ok(leader),
            Ok(None) => Err(WaitError::Stopped),
            Err(_) => Err(WaitError::TimedOut { after: timeout }),
        }
    }

    /// Takes a hint that the lock may be free, such as a leader's farewell: a candidate asks at
    /// once instead of at its next try.
    pub fn wake(&self) {
        self.shared.input(|campaign, now| campaign.wake(now));
    }

    /// Stops claiming, then releases the lock, and stays out until [`campaign`](Self::campaign).
    /// An election that is out goes on to tell who leads.
    ///
    /// The claim is over when this is first polled. It returns when the lock is released or over
    /// by itself, which takes at most a call timeout and the time-to-live. Cancel safe: the release
    /// goes on without it.
    pub async fn resign(&self) {
        self.shared.input(|campaign, now| campaign.resign(now));
        let _ = self.shared.wait_until(|| self.shared.is_out()).await;
    }

    /// Campaigns again after [`resign`](Self::resign).
    pub fn campaign(&self) {
        self.shared.input(|campaign, now| campaign.start(now));
    }

    /// Ends the task and waits for its end. It does not release: see [`resign`](Self::resign).
    pub async fn stop(mut self) {
        self.shared.close();
        self.tasks.shutdown().await;
    }
}

impl Drop for Election {
    fn drop(&mut self) {
        self.shared.close();
    }
}
