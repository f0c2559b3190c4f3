use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use groupkeeper_types::{Clock, Moment};

use crate::{
    AcquireError, LockKey, LockOwner, LockRequest, LockService, LockToken, LockUnavailable,
    RenewError,
};

/// A lock service in this process's memory: for tests, and for a fleet of one.
///
/// Clones share the locks. Every renewal rotates the token. It never fails by itself: wrap it to
/// see failures.
#[derive(Debug, Clone)]
pub struct MemoryLockService {
    clock: Arc<dyn Clock>,
    locks: Arc<Mutex<Locks>>,
}

#[derive(Debug, Default)]
struct Locks {
    /// Two holders of one lock only where a test admitted the second.
    holders: BTreeMap<LockKey, Vec<Holder>>,
    tokens: u64,
    #[cfg(feature = "testing")]
    admitting: std::collections::BTreeSet<LockKey>,
}

#[derive(Debug)]
struct Holder {
    owner: LockOwner,
    token: LockToken,
    expires: Moment,
}

impl MemoryLockService {
    /// A service without any lock, whose times-to-live are counted on this clock.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            locks: Arc::default(),
        }
    }

    /// The locks, without those that are over.
    fn locks(&self) -> MutexGuard<'_, Locks> {
        let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        locks.holders.retain(|_, holders| {
            holders.retain(|holder| now < holder.expires);
            !holders.is_empty()
        });
        locks
    }
}

#[cfg(feature = "testing")]
impl MemoryLockService {
    /// Forgets who holds the lock, as a service does that crashed: the next to ask gets it, and the
    /// holder hears of it at its next renewal.
    pub fn forget(&self, key: &LockKey) {
        self.locks().holders.remove(key);
    }

    /// Grants the next acquisition although the lock may be held, as a service may while it changes
    /// shape: both holders can then renew.
    pub fn admit_another(&self, key: &LockKey) {
        self.locks().admitting.insert(key.clone());
    }
}

impl Locks {
    fn fresh_token(&mut self) -> LockToken {
        self.tokens += 1;
        LockToken::new(&format!("memory-{}", self.tokens))
    }

    fn holders(&self, key: &LockKey) -> &[Holder] {
        self.holders.get(key).map_or(&[], Vec::as_slice)
    }

    #[cfg(feature = "testing")]
    fn admits(&mut self, key: &LockKey) -> bool {
        self.admitting.remove(key)
    }

    #[cfg(not(feature = "testing"))]
    const fn admits(&self, _: &LockKey) -> bool {
        false
    }
}

#[async_trait]
impl LockService for MemoryLockService {
    async fn acquire(&self, request: &LockRequest) -> Result<LockToken, AcquireError> {
        let mut locks = self.locks();
        if !locks.admits(&request.key)
            && let Some(holder) = locks.holders(&request.key).first()
        {
            return Err(AcquireError::Held {
                by: holder.owner.clone(),
            });
        }
        let token = locks.fresh_token();
        let expires = self.clock.now() + request.ttl;
        let holder = Holder {
            owner: request.owner.clone(),
            token: token.clone(),
            expires,
        };
        locks
            .holders
            .entry(request.key.clone())
            .or_default()
            .push(holder);
        Ok(token)
    }

    async fn renew(
        &self,
        request: &LockRequest,
        token: &LockToken,
    ) -> Result<LockToken, RenewError> {
        let mut locks = self.locks();
        let next = locks.fresh_token();
        let holders = locks.holders.get_mut(&request.key);
        let holders = holders.map_or(&mut [][..], Vec::as_mut_slice);
        let Some(holder) = holders.iter_mut().find(|holder| holder.token == *token) else {
            return Err(RenewError::Lost {
                to: holders.first().map(|first| first.owner.clone()),
            });
        };
        holder.token = next.clone();
        holder.expires = self.clock.now() + request.ttl;
        Ok(next)
    }

    async fn release(&self, key: &LockKey, token: &LockToken) -> Result<(), LockUnavailable> {
        let mut locks = self.locks();
        if let Some(holders) = locks.holders.get_mut(key) {
            holders.retain(|holder| holder.token != *token);
        }
        Ok(())
    }

    async fn owner(&self, key: &LockKey) -> Result<Option<LockOwner>, LockUnavailable> {
        Ok(self
            .locks()
            .holders(key)
            .first()
            .map(|holder| holder.owner.clone()))
    }
}
