//! A small fleet on Tokio's paused time: every process has its own way to one lock service.

use std::sync::Arc;
use std::time::Duration;

use groupkeeper_election::testing::{Faults, FaultyLockService, TokioClock};
use groupkeeper_election::{
    Candidate, Change, Changes, Election, Leadership, LockKey, LockOwner, MemoryLockService,
    Observed,
};

pub(crate) struct World {
    pub(crate) clock: TokioClock,
    pub(crate) locks: MemoryLockService,
    pub(crate) key: LockKey,
}

impl World {
    pub(crate) fn new() -> Self {
        let clock = TokioClock::new();
        let locks = MemoryLockService::new(Arc::new(clock.clone()));
        Self {
            clock,
            locks,
            key: LockKey::new("leader").expect("a key"),
        }
    }

    pub(crate) fn process(&self, name: &str) -> (Election, Faults) {
        self.process_with_clock(name, self.clock.clone())
    }

    /// A process whose clock is its own: to suspend it alone.
    pub(crate) fn process_with_clock(&self, name: &str, clock: TokioClock) -> (Election, Faults) {
        let (service, faults) = FaultyLockService::new(Arc::new(self.locks.clone()));
        let seed = name.bytes().map(u64::from).sum();
        let candidate = Candidate {
            seed,
            ..self.candidate(name)
        };
        let election = Election::start(Arc::new(service), Arc::new(clock), candidate)
            .expect("the default is valid");
        (election, faults)
    }

    pub(crate) fn candidate(&self, name: &str) -> Candidate {
        Candidate::new(self.key.clone(), LockOwner::new(name))
    }
}

pub(crate) fn named(name: &str) -> LockOwner {
    LockOwner::new(name)
}

pub(crate) const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

pub(crate) async fn pass(span: Duration) {
    tokio::time::sleep(span).await;
}

pub(crate) const fn observed(change: Change) -> Observed {
    Observed::Change(change)
}

/// The next change; fails when some were missed or none can come.
pub(crate) async fn next(changes: &mut Changes) -> Change {
    match tokio::time::timeout(Duration::from_secs(60), changes.next()).await {
        Ok(Some(Observed::Change(change))) => change,
        other => panic!("no change but {other:?}"),
    }
}

/// Waits for the change to a claim of its own.
pub(crate) async fn won(changes: &mut Changes) -> Change {
    loop {
        let change = next(changes).await;
        if matches!(change.leadership, Leadership::Me(_)) {
            return change;
        }
    }
}
