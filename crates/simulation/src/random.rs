use groupkeeper_types::Incarnation;

/// The one source of chance of a run: one seed, one run.
///
/// It is `fastrand`'s generator (wyrand). A seed replays as long as `Cargo.lock` names the same version.
#[derive(Debug)]
pub struct Random(fastrand::Rng);

impl Random {
    /// Everything that this seed has in store.
    pub fn new(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    /// From `low` to `high`, both included.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        self.0.u64(low..=high)
    }

    /// A position in something so long; 0 for nothing.
    pub fn index(&mut self, len: usize) -> usize {
        if len == 0 { 0 } else { self.0.usize(..len) }
    }

    /// True so many times in a thousand.
    pub fn chance(&mut self, per_mille: u64) -> bool {
        per_mille > 0 && self.0.u64(..1_000) < per_mille
    }

    /// One of these; `None` of nothing.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        (!from.is_empty()).then(|| from[self.index(from.len())])
    }

    /// A span in microseconds that is mostly near `low`, and now and then far away from it.
    pub fn span(&mut self, low: u64, high: u64) -> u64 {
        let bits = self.between(0, 3);
        let high = low + ((high - low) >> (bits * 2));
        self.between(low, high)
    }

    /// Of a process that starts.
    pub fn incarnation(&mut self) -> Incarnation {
        Incarnation::new(self.0.u64(..))
    }

    /// For a source of chance of its own.
    pub fn seed(&mut self) -> u64 {
        self.0.u64(..)
    }
}
