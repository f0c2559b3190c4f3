use std::collections::BTreeSet;
use std::sync::Arc;

use groupkeeper_types::{Epoch, GatewayAddr, Stamp};

use super::News;

/// A leader has given up its term: whoever hears it campaigns at once.
///
/// It is the last thing a leader says in its epoch, so it brings what a heartbeat would have brought:
/// whoever gets a group by the leader's going may act for it at once, and need not wait until the
/// leases of that epoch are over. It renews no lease.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Resigned {
    /// The term that ended.
    pub epoch: Epoch,
    /// What is told is of use to whoever has applied everything up to here.
    pub after: Stamp,
    /// Up to where it is told.
    pub stamp: Stamp,
    /// What was decided between the two, oldest first; nothing where the leader did not know all.
    /// It is told to every gateway, and so shared.
    pub news: Arc<[News]>,
}

impl Resigned {
    /// Without news.
    pub fn silent(epoch: Epoch) -> Self {
        Self {
            epoch,
            after: Stamp::ZERO,
            stamp: Stamp::ZERO,
            news: Arc::default(),
        }
    }

    /// The gateways that groups may have gone to.
    pub(crate) fn takers(&self) -> BTreeSet<&GatewayAddr> {
        let mut takers = BTreeSet::new();
        for news in self.news.iter() {
            match news {
                News::Decided(decision) => drop(takers.insert(&decision.coordinator)),
                News::FailedOver(failover) => {
                    takers.extend(failover.among().iter().map(|(addr, _)| addr));
                }
            }
        }
        takers
    }

    /// Whether somebody who has applied everything up to `applied` can go on with this.
    pub fn follows(&self, applied: Stamp) -> bool {
        let known = applied == self.after || applied.epoch == self.epoch;
        known && self.after <= applied && applied < self.stamp
    }
}

#[cfg(test)]
mod tests {
    use groupkeeper_types::Revision;

    use super::*;

    fn stamp(epoch: u64, revision: u64) -> Stamp {
        Stamp::new(Epoch::new(epoch), Revision::new(revision))
    }

    #[test]
    fn follows_what_was_applied_in_its_epoch_or_just_before() {
        let resigned = Resigned {
            after: stamp(1, 9),
            stamp: stamp(2, 12),
            ..Resigned::silent(Epoch::new(2))
        };
        for applied in [stamp(1, 9), stamp(2, 10), stamp(2, 11)] {
            assert!(resigned.follows(applied), "{applied}");
        }
        // Missed something; of a branch that the store lost; nothing new.
        for applied in [stamp(1, 8), stamp(1, 10), stamp(2, 12), stamp(2, 13)] {
            assert!(!resigned.follows(applied), "{applied}");
        }
        assert!(!Resigned::silent(Epoch::new(2)).follows(Stamp::ZERO));
    }
}
