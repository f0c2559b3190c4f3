use std::hash::{Hash, Hasher};
use std::time::Duration;

use groupkeeper_assignment_store::Commit;

/// How many changes a commit has at most, by how long commits have taken.
///
/// A commit that takes long holds up everything after it, and where a store forgets what nobody waits for
/// any more, one that is too large is never made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pace {
    most: usize,
}

impl Pace {
    /// With so many it begins, so that also the first one is made by a store that needs 100 ms for each: a commit in
    /// doubt can't be made smaller. Fewer are no quicker: then it is the store's latency.
    const LEAST: usize = 16;

    pub(super) fn most(&self) -> usize {
        self.most
    }

    /// A commit of so many changes has taken this long, of which `wanted` is the most that is wanted.
    pub(super) fn took(&mut self, changes: usize, span: Duration, wanted: Duration) {
        if span > wanted {
            self.slow(changes);
        } else if changes >= self.most / 2 && span <= wanted / 2 {
            self.most = (self.most * 2).min(Commit::MAX_CHANGES);
        }
    }

    /// A commit of so many changes took too long, or was not confirmed in time.
    pub(super) fn slow(&mut self, changes: usize) {
        if changes > Self::LEAST {
            self.most = self.most.min((changes / 2).max(Self::LEAST));
        }
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self { most: Self::LEAST }
    }
}

/// Whether a machine does the same as another from here on depends on it only where more is to be changed
/// than [`LEAST`](Pace::LEAST), which no search for different states comes to.
impl Hash for Pace {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    const WANTED: Duration = Duration::from_millis(300);

    /// The most that a store comes to that needs this long for each change.
    fn settles_at(each: Duration) -> usize {
        let mut pace = Pace::default();
        for _ in 0..20 {
            let changes = pace.most();
            let span = each * u32::try_from(changes).unwrap();
            pace.took(changes, span, WANTED);
        }
        pace.most()
    }

    #[test]
    fn a_commit_is_as_large_as_the_store_makes_in_time() {
        let micros = Duration::from_micros;
        assert_eq!(settles_at(micros(10)), Commit::MAX_CHANGES);
        assert_eq!(settles_at(micros(2_500)), 64);
        assert_eq!(settles_at(micros(10_000)), 16);
        assert_eq!(settles_at(micros(1_000_000)), Pace::LEAST);
    }

    #[test]
    fn it_grows_again_when_the_store_is_quick_again() {
        let mut pace = Pace::default();
        for _ in 0..5 {
            pace.slow(pace.most());
        }
        assert_eq!(pace.most(), Pace::LEAST);
        // A small one that was slow says nothing about size, one that was quick neither.
        pace.slow(1);
        pace.took(1, Duration::ZERO, WANTED);
        assert_eq!(pace.most(), Pace::LEAST);
        for _ in 0..6 {
            pace.took(pace.most(), Duration::ZERO, WANTED);
        }
        assert_eq!(pace.most(), Commit::MAX_CHANGES);
    }
}
