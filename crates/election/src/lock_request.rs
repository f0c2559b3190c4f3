use std::time::Duration;

use crate::{LockKey, LockOwner};

/// Which lock, for whom, for how long.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LockRequest {
    /// The lock.
    pub key: LockKey,
    /// Who asks: what others are told while it holds.
    pub owner: LockOwner,
    /// How long it holds without a renewal. A service with a coarser clock rounds up, never down.
    pub ttl: Duration,
}
