use std::sync::Arc;

use groupkeeper_types::{Epoch, Revision, Stamp};
use serde::{Deserialize, Serialize};

/// The terms that a leader's term stands on, each with its last commit: by it a decision of this history
/// is told from one that was made on another copy of the store, or that the store has lost.
///
/// Clones share it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Lineage {
    /// The newest term that is no longer remembered. Whether a decision as old as that is of this history
    /// can't be told: it is taken for one.
    forgotten: Epoch,
    /// Oldest first.
    ended: Arc<[(Epoch, Revision)]>,
}

impl Lineage {
    /// The most terms that are remembered.
    pub const MAX: usize = 64;

    /// Of a history of which only the newest commit is known: everything older is taken to be of it.
    pub fn up_to(newest: Stamp) -> Self {
        Self {
            forgotten: newest.epoch,
            ended: [(newest.epoch, newest.revision)].into(),
        }
    }

    /// With these terms, oldest first, of which the oldest may be forgotten.
    pub fn new(forgotten: Epoch, mut ended: Vec<(Epoch, Revision)>) -> Self {
        let most = ended.len().saturating_sub(Self::MAX);
        let forgotten = ended
            .drain(..most)
            .map(|(epoch, _)| epoch)
            .max()
            .unwrap_or(forgotten);
        Self {
            forgotten,
            ended: ended.into(),
        }
    }

    /// That of the term which begins on top of the commit `last`, of a term with this lineage.
    #[must_use]
    pub fn followed_by(&self, last: Stamp) -> Self {
        let before = |(epoch, _): &(Epoch, Revision)| *epoch != last.epoch;
        let ended = self.ended.iter().copied().filter(before);
        let ended = ended.chain([(last.epoch, last.revision)]).collect();
        Self::new(self.forgotten, ended)
    }

    /// The newest term that is no longer remembered.
    pub const fn forgotten(&self) -> Epoch {
        self.forgotten
    }

    /// The terms that are remembered, oldest first, each with its last commit.
    pub fn ended(&self) -> &[(Epoch, Revision)] {
        &self.ended
    }

    /// Whether this term is remembered as one of this history. What is not found is not of it.
    pub fn has(&self, epoch: Epoch) -> bool {
        self.ended.iter().any(|(ended, _)| *ended == epoch)
    }

    /// Whether a decision of an earlier term is of this history: not one of another copy of the store,
    /// and not one that the store has lost.
    pub fn contains(&self, stamp: Stamp) -> bool {
        let term = self.ended.iter().find(|(epoch, _)| *epoch == stamp.epoch);
        term.map_or(stamp.epoch <= self.forgotten, |(_, last)| {
            stamp.revision <= *last
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(epoch: u64, revision: u64) -> Stamp {
        Stamp::new(Epoch::new(epoch), Revision::new(revision))
    }

    #[test]
    fn tells_its_own_from_what_another_copy_decided_and_from_what_was_lost() {
        let common = Lineage::default().followed_by(stamp(10, 7));
        let (one, other) = (
            common.followed_by(stamp(21, 9)),
            common.followed_by(stamp(22, 12)),
        );
        for lineage in [&one, &other] {
            assert!(lineage.contains(stamp(10, 7)) && lineage.contains(Stamp::ZERO));
            assert!(!lineage.contains(stamp(10, 8)), "lost");
        }
        assert!(one.contains(stamp(21, 9)) && !one.contains(stamp(22, 9)));
        assert!(other.contains(stamp(22, 9)) && !other.contains(stamp(21, 9)));
        assert!(one.has(Epoch::new(21)) && !one.has(Epoch::new(22)));
    }

    #[test]
    fn forgets_the_oldest_and_takes_what_is_as_old_for_its_own() {
        let terms = 1..=u64::try_from(Lineage::MAX).unwrap() + 6;
        let lineage = terms.fold(Lineage::default(), |lineage, term| {
            lineage.followed_by(stamp(term * 10, term))
        });
        assert_eq!(lineage.ended().len(), Lineage::MAX);
        assert_eq!(lineage.forgotten(), Epoch::new(60));
        assert!(lineage.contains(stamp(60, 99)) && lineage.contains(stamp(15, 1)));
        assert!(
            !lineage.has(Epoch::new(60)),
            "who stood on it stands on nothing known"
        );
        assert!(lineage.has(Epoch::new(70)) && !lineage.contains(stamp(71, 1)));
    }
}
