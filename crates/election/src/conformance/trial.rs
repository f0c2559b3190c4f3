use std::sync::Arc;
use std::time::Duration;

use groupkeeper_types::Incarnation;

use super::Builder;
use crate::{AcquireError, LockKey, LockOwner, LockRequest, LockService, LockToken, RenewError};

/// Longer than any case takes: a lock that must not expire in it.
pub(super) const LONG: Duration = Duration::from_secs(300);
/// A lock that is to expire.
pub(super) const SHORT: Duration = Duration::from_secs(1);

/// The names of two processes, as they advertise themselves.
pub(super) const ANN: &str = "ann-1.example:9092";
pub(super) const BOB: &str = "[2001:db8::b0b]:19092";

/// One case's key and clients.
pub(super) struct Trial {
    pub(super) builder: Arc<dyn Builder>,
    pub(super) service: Arc<dyn LockService>,
    pub(super) other: Arc<dyn LockService>,
    pub(super) key: LockKey,
}

impl Trial {
    pub(super) async fn new(builder: Arc<dyn Builder>, run: Incarnation, case: &str) -> Self {
        let key = LockKey::new(&format!("conformance.{run}.{}", case.replace("::", ".")))
            .expect("the suite's names are keys");
        let (service, other) = (builder.build().await, builder.build().await);
        Self {
            builder,
            service,
            other,
            key,
        }
    }

    pub(super) fn request(&self, owner: &str, ttl: Duration) -> LockRequest {
        LockRequest {
            key: self.key.clone(),
            owner: LockOwner::new(owner),
            ttl,
        }
    }

    /// Acquires the lock, which is to be free, through the first client.
    pub(super) async fn acquired(&self, owner: &str, ttl: Duration) -> LockToken {
        match self.service.acquire(&self.request(owner, ttl)).await {
            Ok(token) => token,
            Err(error) => panic!("{owner} must get a free lock, and it is {error}"),
        }
    }

    /// Renews the lock, which is to be held under this token, through the first client.
    pub(super) async fn renewed(&self, owner: &str, ttl: Duration, token: &LockToken) -> LockToken {
        match self.service.renew(&self.request(owner, ttl), token).await {
            Ok(token) => token,
            Err(error) => panic!("{owner} must keep the lock it holds, and it is {error}"),
        }
    }

    /// Checks that both clients are refused, and say who holds the lock.
    pub(super) async fn assert_held(&self, by: &str, when: &str) {
        for client in [&self.service, &self.other] {
            match client.acquire(&self.request("rival:1", LONG)).await {
                Err(AcquireError::Held { by: told }) => {
                    assert_eq!(told.as_str(), by, "who holds the lock {when}");
                }
                other => panic!("{by} must hold the lock {when}; a rival got {other:?}"),
            }
        }
    }

    /// Checks that the other client can take the lock, and gives it back.
    pub(super) async fn assert_free(&self, when: &str) {
        match self.other.acquire(&self.request("next:1", LONG)).await {
            Ok(token) => self
                .other
                .release(&self.key, &token)
                .await
                .expect("the service answers"),
            Err(error) => panic!("the lock must be free {when}, and it is {error}"),
        }
    }

    /// Checks that this token is told that it holds nothing.
    pub(super) async fn assert_lost(&self, token: &LockToken, when: &str) {
        match self.service.renew(&self.request(ANN, LONG), token).await {
            Err(RenewError::Lost { .. }) => {}
            other => panic!("the renewal must be lost {when}, and the answer is {other:?}"),
        }
    }
}
