use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

/// A call of [`LockService`](crate::LockService), without what is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// `acquire`
    Acquire,
    /// `renew`
    Renew,
    /// `release`
    Release,
    /// `owner`
    Owner,
}

impl Operation {
    /// Each of them.
    pub const ALL: [Self; 4] = [Self::Acquire, Self::Renew, Self::Release, Self::Owner];
}

/// What goes wrong with one call. The request is what travels to the service, the answer what
/// travels back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The request never arrives: nothing is done, and the call fails.
    LoseRequest,
    /// It is done, and the call fails all the same.
    LoseAnswer,
    /// The request arrives so much later.
    DelayRequest(Duration),
    /// It is done at once, and its answer comes so much later.
    DelayAnswer(Duration),
    /// The request arrives at [`Faults::let_go`].
    HoldRequest,
    /// It is done at once, and its answer comes at [`Faults::let_go`].
    HoldAnswer,
}

/// The plan of what goes wrong with the calls of one
/// [`FaultyLockService`](crate::testing::FaultyLockService). Clones share it.
///
/// A call takes the first fault that waits for its operation; without one the standing fault, if
/// any. It takes it when it begins.
#[derive(Debug, Clone)]
pub struct Faults {
    plan: Arc<Mutex<BTreeMap<Operation, Plan>>>,
    gate: Arc<watch::Sender<u64>>,
}

#[derive(Debug, Default)]
struct Plan {
    once: VecDeque<Option<Fault>>,
    standing: Option<Fault>,
    calls: u64,
}

impl Faults {
    pub(super) fn new() -> Self {
        Self {
            plan: Arc::default(),
            gate: Arc::new(watch::channel(0).0),
        }
    }

    /// This fault for the next call of the operation, after those already planned.
    pub fn once(&self, operation: Operation, fault: Fault) {
        self.plan()
            .entry(operation)
            .or_default()
            .once
            .push_back(Some(fault));
    }

    /// No fault for the next call of the operation, after those already planned.
    pub fn skip(&self, operation: Operation) {
        self.plan()
            .entry(operation)
            .or_default()
            .once
            .push_back(None);
    }

    /// This fault for every call of the operation that has no other.
    pub fn always(&self, operation: Operation, fault: Fault) {
        self.plan().entry(operation).or_default().standing = Some(fault);
    }

    /// No request arrives any more, until [`heal`](Self::heal).
    pub fn cut_off(&self) {
        Operation::ALL
            .into_iter()
            .for_each(|operation| self.always(operation, Fault::LoseRequest));
    }

    /// Nothing goes wrong any more; what is held stays held.
    pub fn heal(&self) {
        for plan in self.plan().values_mut() {
            plan.once.clear();
            plan.standing = None;
        }
    }

    /// Lets everything go on that is held at this moment.
    pub fn let_go(&self) {
        self.gate.send_modify(|times| *times += 1);
    }

    /// How many calls of the operation have begun.
    pub fn calls(&self, operation: Operation) -> u64 {
        self.plan().get(&operation).map_or(0, |plan| plan.calls)
    }

    pub(super) fn take(&self, operation: Operation) -> Option<Fault> {
        let mut plans = self.plan();
        let plan = plans.entry(operation).or_default();
        plan.calls += 1;
        plan.once.pop_front().unwrap_or(plan.standing)
    }

    pub(super) async fn held(&self) {
        // The sender lives in `self`, so that this can't fail.
        let _ = self.gate.subscribe().changed().await;
    }

    fn plan(&self) -> MutexGuard<'_, BTreeMap<Operation, Plan>> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
