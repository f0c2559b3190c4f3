use std::collections::VecDeque;

use groupkeeper_types::{Epoch, Stamp};

use crate::peer::{Changes, News, Resigned};

/// The newest decisions, for gateways that have not heard of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Log {
    /// Everything up to here is no longer in the log. At first the newest whole commit before this
    /// epoch, then one of this epoch's.
    base: Stamp,
    /// Oldest first.
    news: VecDeque<News>,
}

impl Log {
    /// The most decisions remembered, and so the most in one answer.
    pub(super) const MAX: usize = 8_192;

    /// The most bytes of names and addresses in one answer.
    const MAX_BYTES: usize = 4 << 20;

    /// The most decisions in what a leader says last, and the most bytes of their names and addresses.
    const MAX_PARTING: usize = 1_024;
    const MAX_PARTING_BYTES: usize = 256 << 10;

    pub(super) fn new(base: Stamp) -> Self {
        Self {
            base,
            news: VecDeque::new(),
        }
    }

    pub(super) fn push(&mut self, news: News) {
        if self.news.len() == Self::MAX
            && let Some(oldest) = self.news.pop_front()
        {
            self.base = oldest.stamp();
        }
        self.news.push_back(news);
    }

    /// What somebody who has applied everything up to `applied` has not heard of.
    pub(super) fn since(&self, applied: Stamp, newest: Stamp) -> Changes {
        // Whoever has applied more than what was whole when this epoch began, and nothing of this
        // epoch, knows decisions that the store has lost.
        let known = applied == self.base || applied.epoch == newest.epoch;
        if !known || applied < self.base || applied > newest {
            return Changes::Reset;
        }
        let from = self.news.partition_point(|news| news.stamp() <= applied);
        let news = self.news.range(from..);
        // More than one message carries is as good as more than is remembered.
        if news.clone().map(News::bytes).sum::<usize>() > Self::MAX_BYTES {
            return Changes::Reset;
        }
        Changes::Since(news.cloned().collect())
    }

    /// The newest of it, for everybody at once, as much as one small message carries; and what whoever
    /// takes it must have applied before.
    fn newest(&self) -> (Stamp, Vec<News>) {
        let mut bytes = 0;
        let fits = |news: &&News| {
            bytes += news.bytes();
            bytes <= Self::MAX_PARTING_BYTES
        };
        let newest = self.news.iter().rev().take(Self::MAX_PARTING);
        let count = newest.take_while(fits).count();
        let (older, newest) = (
            self.news.len() - count,
            self.news.range(self.news.len() - count..),
        );
        let after = older.checked_sub(1).and_then(|last| self.news.get(last));
        let after = after.map_or(self.base, News::stamp);
        // A commit is told whole or not at all.
        let whole = newest.filter(|news| news.stamp() > after);
        (after, whole.cloned().collect())
    }

    /// What a leader that has decided everything up to `stamp` says last, when its groups have gone to
    /// others: they need not wait for the next one to hear of it.
    pub(super) fn last_words(&self, epoch: Epoch, stamp: Stamp) -> Resigned {
        let (after, news) = self.newest();
        Resigned {
            epoch,
            after,
            stamp,
            news: news.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use groupkeeper_types::{GatewayAddr, GroupName, Revision};

    use super::*;
    use crate::peer::Decision;

    fn stamp(revision: u64) -> Stamp {
        Stamp::new(Epoch::new(1), Revision::new(revision))
    }

    fn decision(revision: u64) -> News {
        News::Decided(Decision {
            group: GroupName::new("g").unwrap(),
            coordinator: GatewayAddr::new("a:1").unwrap(),
            stamp: stamp(revision),
        })
    }

    #[test]
    fn the_newest_of_it_is_whole_commits() {
        let mut log = Log::new(stamp(10));
        assert_eq!(log.newest(), (stamp(10), vec![]));
        log.push(decision(11));
        log.push(decision(12));
        assert_eq!(log.newest(), (stamp(10), vec![decision(11), decision(12)]));
        for _ in 0..Log::MAX_PARTING - 1 {
            log.push(decision(13));
        }
        // One of the commit before is the first that fits no more; then half of the next.
        assert_eq!(log.newest().0, stamp(11));
        log.push(decision(14));
        log.push(decision(14));
        assert_eq!(log.newest(), (stamp(13), vec![decision(14), decision(14)]));
    }

    #[test]
    fn tells_what_was_not_heard_and_when_it_no_longer_can() {
        let mut log = Log::new(stamp(10));
        log.push(decision(11));
        log.push(decision(12));
        log.push(decision(12));
        let newest = stamp(12);
        assert_eq!(log.since(stamp(9), newest), Changes::Reset);
        assert_eq!(log.since(stamp(13), newest), Changes::Reset);
        let lost = Stamp::new(Epoch::new(0), Revision::new(11));
        assert_eq!(Log::new(Stamp::ZERO).since(lost, newest), Changes::Reset);
        assert_eq!(log.since(stamp(12), newest), Changes::Since(vec![]));
        let since = Changes::Since(vec![decision(12), decision(12)]);
        assert_eq!(log.since(stamp(11), newest), since);
        for _ in 0..Log::MAX {
            log.push(decision(13));
        }
        assert_eq!(log.since(stamp(11), stamp(13)), Changes::Reset);
        // A commit of which some decisions have left the log is one that was not heard whole.
        log.push(decision(14));
        assert_eq!(log.since(stamp(12), stamp(14)), Changes::Reset);
        assert_eq!(
            log.since(stamp(13), stamp(14)),
            Changes::Since(vec![decision(14)])
        );
    }
}
