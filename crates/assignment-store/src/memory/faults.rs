use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::write::Write;
use super::{Call, Fault};

/// What is to go wrong, and what has been called.
#[derive(Debug, Default)]
pub(super) struct Faults(Mutex<Plan>);

#[derive(Debug, Default)]
pub(super) struct Plan {
    once: BTreeMap<Call, VecDeque<Fault>>,
    standing: BTreeMap<Call, Fault>,
    calls: BTreeMap<Call, usize>,
    /// Writes that were answered as unavailable and have yet to land, the oldest first.
    pub(super) late: VecDeque<Write>,
}

impl Faults {
    pub(super) fn plan(&self) -> MutexGuard<'_, Plan> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Plan {
    pub(super) fn once(&mut self, call: Call, fault: Fault) {
        self.once.entry(call).or_default().push_back(fault);
    }

    pub(super) fn always(&mut self, call: Call, fault: Fault) {
        self.standing.insert(call, fault);
    }

    pub(super) fn heal(&mut self) {
        self.once.clear();
        self.standing.clear();
    }

    pub(super) fn calls(&self, call: Call) -> usize {
        self.calls.get(&call).copied().unwrap_or_default()
    }

    /// Counts a call and tells what goes wrong with it.
    pub(super) fn strike(&mut self, call: Call) -> Fault {
        *self.calls.entry(call).or_default() += 1;
        let once = self.once.get_mut(&call).and_then(VecDeque::pop_front);
        once.or_else(|| self.standing.get(&call).cloned())
            .unwrap_or(Fault::None)
    }
}
