use std::sync::Arc;

use async_trait::async_trait;
use tokio::time::sleep;

use super::{Fault, Faults, Operation};
use crate::{
    AcquireError, LockKey, LockOwner, LockRequest, LockService, LockToken, LockUnavailable,
    RenewError,
};

/// One process's way to a lock service, with everything that can go wrong on it.
///
/// Wrap the same service once for each process to let them fail apart.
#[derive(Debug)]
pub struct FaultyLockService {
    inner: Arc<dyn LockService>,
    faults: Faults,
}

impl FaultyLockService {
    /// A way without faults, and the plan that makes them.
    pub fn new(inner: Arc<dyn LockService>) -> (Self, Faults) {
        let faults = Faults::new();
        (
            Self {
                inner,
                faults: faults.clone(),
            },
            faults,
        )
    }

    async fn through<T, E: From<LockUnavailable>>(
        &self,
        operation: Operation,
        call: impl Future<Output = Result<T, E>> + Send,
    ) -> Result<T, E> {
        let fault = self.faults.take(operation);
        match fault {
            Some(Fault::LoseRequest) => return Err(LockUnavailable::new("request lost").into()),
            Some(Fault::DelayRequest(by)) => sleep(by).await,
            Some(Fault::HoldRequest) => self.faults.held().await,
            _ => {}
        }
        let answer = call.await;
        match fault {
            Some(Fault::LoseAnswer) => return Err(LockUnavailable::new("answer lost").into()),
            Some(Fault::DelayAnswer(by)) => sleep(by).await,
            Some(Fault::HoldAnswer) => self.faults.held().await,
            _ => {}
        }
        answer
    }
}

#[async_trait]
impl LockService for FaultyLockService {
    async fn acquire(&self, request: &LockRequest) -> Result<LockToken, AcquireError> {
        self.through(Operation::Acquire, self.inner.acquire(request))
            .await
    }

    async fn renew(
        &self,
        request: &LockRequest,
        token: &LockToken,
    ) -> Result<LockToken, RenewError> {
        self.through(Operation::Renew, self.inner.renew(request, token))
            .await
    }

    async fn release(&self, key: &LockKey, token: &LockToken) -> Result<(), LockUnavailable> {
        self.through(Operation::Release, self.inner.release(key, token))
            .await
    }

    async fn owner(&self, key: &LockKey) -> Result<Option<LockOwner>, LockUnavailable> {
        self.through(Operation::Owner, self.inner.owner(key)).await
    }
}
