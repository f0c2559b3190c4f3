use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use groupkeeper_types::{Epoch, GroupName, Moment, Revision, Stamp};

use super::Lease;

/// A lease that is valid until a test ends it.
#[derive(Debug)]
pub struct FixedLease {
    group: GroupName,
    token: Stamp,
    ended: AtomicBool,
}

impl FixedLease {
    /// A valid one, on this group, by a decision of epoch 1 and this revision.
    pub fn new(group: GroupName, revision: u64) -> Arc<Self> {
        Arc::new(Self {
            group,
            token: Stamp::new(Epoch::new(1), Revision::new(revision)),
            ended: AtomicBool::new(false),
        })
    }

    /// Nothing may be started under it any more.
    pub fn end(&self) {
        self.ended.store(true, Ordering::SeqCst);
    }
}

impl Lease for FixedLease {
    fn group(&self) -> &GroupName {
        &self.group
    }

    fn token(&self) -> Stamp {
        self.token
    }

    fn deadline(&self) -> Moment {
        Moment::ZERO
    }

    fn is_valid(&self) -> bool {
        !self.ended.load(Ordering::SeqCst)
    }
}
