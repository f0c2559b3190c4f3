//! A lock service with one defect at a time, to see the suite notice each.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use groupkeeper_election::testing::TokioClock;
use groupkeeper_election::{
    AcquireError, LockKey, LockOwner, LockRequest, LockService, LockToken, LockUnavailable,
    MemoryLockService, RenewError,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Defect {
    AdmitsAll,
    AdmitsItsOwner,
    OneLockForAll,
    CutsKeys,
    LooksThenTakes,
    NamesTheCaller,
    HidesTheHolder,
    FreeLockIsAFailure,
    RenewsInName,
    RenewsOnce,
    TakesOldTokens,
    TakesAnyToken,
    RenewalAcquires,
    ExpiresEarly,
    NeverExpires,
    ReleasesNothing,
    ReleasesFirstTokens,
    ReleasesForAnybody,
}

#[derive(Debug, Clone)]
pub(crate) struct Broken {
    defect: Defect,
    inner: MemoryLockService,
    /// The newest and the first token of each lock.
    tokens: Arc<Mutex<BTreeMap<LockKey, (LockToken, LockToken)>>>,
}

impl Broken {
    pub(crate) fn new(defect: Defect) -> Self {
        let inner = MemoryLockService::new(Arc::new(TokioClock::new()));
        Self {
            defect,
            inner,
            tokens: Arc::default(),
        }
    }

    fn key(&self, key: &LockKey) -> LockKey {
        match self.defect {
            Defect::OneLockForAll => LockKey::new("all").expect("a key"),
            Defect::CutsKeys => {
                let text = key.as_str();
                LockKey::new(&text[..text.len().min(190)]).expect("a key")
            }
            _ => key.clone(),
        }
    }

    fn request(&self, request: &LockRequest) -> LockRequest {
        let ttl = match self.defect {
            Defect::ExpiresEarly => request.ttl / 2,
            Defect::NeverExpires => request.ttl * 1_000,
            _ => request.ttl,
        };
        LockRequest {
            key: self.key(&request.key),
            owner: request.owner.clone(),
            ttl,
        }
    }

    fn remember(&self, key: &LockKey, newest: &LockToken, is_first: bool) {
        let mut tokens = self.tokens.lock().expect("no panic under this lock");
        let first = match tokens.get(key) {
            Some((_, first)) if !is_first => first.clone(),
            _ => newest.clone(),
        };
        tokens.insert(key.clone(), (newest.clone(), first));
    }

    fn newest(&self, key: &LockKey) -> Option<LockToken> {
        self.tokens
            .lock()
            .expect("no panic under this lock")
            .get(key)
            .map(|both| both.0.clone())
    }

    fn first(&self, key: &LockKey) -> Option<LockToken> {
        self.tokens
            .lock()
            .expect("no panic under this lock")
            .get(key)
            .map(|both| both.1.clone())
    }
}

#[async_trait]
impl LockService for Broken {
    async fn acquire(&self, request: &LockRequest) -> Result<LockToken, AcquireError> {
        let request = self.request(request);
        let owner = self.inner.owner(&request.key).await?;
        if self.defect == Defect::LooksThenTakes && owner.is_none() {
            tokio::task::yield_now().await;
        }
        let admits = match self.defect {
            Defect::AdmitsAll => true,
            Defect::AdmitsItsOwner => owner.as_ref() == Some(&request.owner),
            Defect::LooksThenTakes => owner.is_none(),
            _ => false,
        };
        if admits {
            self.inner.admit_another(&request.key);
        }
        match self.inner.acquire(&request).await {
            Ok(token) => {
                self.remember(&request.key, &token, true);
                Ok(token)
            }
            Err(AcquireError::Held { .. }) if self.defect == Defect::NamesTheCaller => {
                Err(AcquireError::Held { by: request.owner })
            }
            Err(error) => Err(error),
        }
    }

    async fn renew(
        &self,
        request: &LockRequest,
        token: &LockToken,
    ) -> Result<LockToken, RenewError> {
        let request = self.request(request);
        let newest = self.newest(&request.key);
        let first = self.first(&request.key);
        let is_made_up = token.as_str() == "made-up";
        let with = match (self.defect, newest) {
            (Defect::TakesOldTokens, Some(newest)) if !is_made_up => newest,
            (Defect::TakesAnyToken, Some(newest)) => newest,
            (Defect::RenewsOnce, Some(_)) if first.as_ref() != Some(token) => {
                return Err(RenewError::Lost { to: None });
            }
            _ => token.clone(),
        };
        if self.defect == Defect::RenewsInName
            && self.inner.owner(&request.key).await? == Some(request.owner.clone())
        {
            return Ok(token.clone());
        }
        let free = self.inner.owner(&request.key).await?.is_none();
        let renewed = if self.defect == Defect::RenewalAcquires && free {
            self.inner
                .acquire(&request)
                .await
                .map_err(|_| RenewError::Lost { to: None })?
        } else {
            self.inner.renew(&request, &with).await?
        };
        self.remember(&request.key, &renewed, false);
        Ok(renewed)
    }

    async fn release(&self, key: &LockKey, token: &LockToken) -> Result<(), LockUnavailable> {
        let key = self.key(key);
        match self.defect {
            Defect::ReleasesNothing => return Ok(()),
            Defect::ReleasesFirstTokens if self.first(&key).as_ref() != Some(token) => {
                return Ok(());
            }
            Defect::ReleasesForAnybody => self.inner.forget(&key),
            Defect::FreeLockIsAFailure if self.inner.owner(&key).await?.is_none() => {
                return Err(LockUnavailable::new("no such lock"));
            }
            _ => {}
        }
        self.inner.release(&key, token).await
    }

    async fn owner(&self, key: &LockKey) -> Result<Option<LockOwner>, LockUnavailable> {
        let owner = self.inner.owner(&self.key(key)).await?;
        match self.defect {
            Defect::HidesTheHolder => Ok(None),
            Defect::FreeLockIsAFailure if owner.is_none() => {
                Err(LockUnavailable::new("no such lock"))
            }
            _ => Ok(owner),
        }
    }
}
