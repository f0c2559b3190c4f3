use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use groupkeeper_types::{Moment, Stamp};

/// What this gateway has answered from the store that it has not heard from its leader.
///
/// A commit is in the store before its leader hears that it is. A gateway that has told what it found there
/// must not say what was so before, though its session with that leader is fresh.
#[derive(Debug, Default)]
pub(super) struct Told {
    newest: Mutex<Option<Newest>>,
    /// Whether there may be any, so that look-ups in memory need no lock.
    any: AtomicBool,
}

#[derive(Debug, Clone, Copy)]
struct Newest {
    as_of: Stamp,
    /// By then the leader of that time has heard of it, or no session with it is fresh any more.
    until: Moment,
}

impl Told {
    /// An answer is about to be given that is as of then.
    pub(super) fn tell(&self, as_of: Stamp, until: Moment) {
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        let before = newest.map_or(Stamp::ZERO, |newest| newest.as_of);
        if as_of >= before {
            *newest = Some(Newest { as_of, until });
            self.any.store(true, Ordering::Release);
        }
    }

    /// As of when the newest of them is, where that counts still and is newer than what has been `heard`.
    pub(super) fn newer_than(&self, heard: Stamp, now: Moment) -> Option<Stamp> {
        if !self.any.load(Ordering::Acquire) {
            return None;
        }
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = newest.filter(|it| it.as_of > heard && now < it.until);
        if counts.is_none() {
            *newest = None;
            self.any.store(false, Ordering::Release);
        }
        counts.map(|newest| newest.as_of)
    }
}

#[cfg(test)]
mod tests {
    use groupkeeper_types::{Epoch, Revision};

    use super::*;

    #[test]
    fn counts_until_it_was_heard_or_its_time_is_over() {
        let stamp = |revision| Stamp::new(Epoch::new(1), Revision::new(revision));
        let at = Moment::from_micros;
        let told = Told::default();
        assert_eq!(told.newer_than(Stamp::ZERO, at(0)), None);
        told.tell(stamp(7), at(10));
        told.tell(stamp(6), at(99));
        assert_eq!(told.newer_than(stamp(6), at(9)), Some(stamp(7)));
        assert_eq!(told.newer_than(stamp(6), at(10)), None, "its time is over");
        told.tell(stamp(8), at(20));
        assert_eq!(told.newer_than(stamp(8), at(11)), None, "it was heard");
        assert_eq!(told.newer_than(stamp(7), at(11)), None, "for good");
    }
}
