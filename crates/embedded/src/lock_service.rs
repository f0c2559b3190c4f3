use async_trait::async_trait;
use groupkeeper_election::{
    AcquireError, LockKey, LockOwner, LockRequest, LockService, LockToken, LockUnavailable,
    MemoryLockService, RenewError,
};

use crate::database::Database;

/// The locks of one fleet. Clones share them.
///
/// They are in this process's memory. That is enough, and better than a file: no other process can
/// have the data open, so none can ask for a lock; and when this process is killed its locks are
/// gone with it, and whoever opens the data next need not wait for them to expire. The service keeps
/// the data open, so that its locks can't outlive the claim to it.
#[derive(Debug, Clone)]
pub struct EmbeddedLockService {
    locks: MemoryLockService,
    _open: Database,
}

impl EmbeddedLockService {
    pub(crate) fn new(open: Database, locks: MemoryLockService) -> Self {
        Self { locks, _open: open }
    }
}

#[async_trait]
impl LockService for EmbeddedLockService {
    async fn acquire(&self, request: &LockRequest) -> Result<LockToken, AcquireError> {
        self.locks.acquire(request).await
    }

    async fn renew(
        &self,
        request: &LockRequest,
        token: &LockToken,
    ) -> Result<LockToken, RenewError> {
        self.locks.renew(request, token).await
    }

    async fn release(&self, key: &LockKey, token: &LockToken) -> Result<(), LockUnavailable> {
        self.locks.release(key, token).await
    }

    async fn owner(&self, key: &LockKey) -> Result<Option<LockOwner>, LockUnavailable> {
        self.locks.owner(key).await
    }
}
