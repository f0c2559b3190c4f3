use std::time::Duration;

use async_trait::async_trait;
use groupkeeper_election::{
    AcquireError, LockKey, LockOwner, LockRequest, LockService, LockToken, LockUnavailable,
    RenewError,
};
use groupkeeper_types::Nonce;

use crate::Etcd;
use crate::failure::{Failure, Kind};
use crate::proto::{KeyValue, TxnRequest};
use crate::transaction::{Verdict, delete, is_absent, is_under, put, transaction, verdict};

/// A lock as its holder knows it: the lease that its key stands under, and of how many seconds that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Held {
    lease: i64,
    seconds: i64,
}

impl Held {
    /// A new one, for a lock of this time-to-live. etcd counts whole seconds, and gives a lease at least one and a
    /// half times as long as its members may take to elect a leader: 2 s by default.
    fn new(ttl: Duration) -> Self {
        // Half of all numbers: leases have positive ones.
        let random = (Nonce::random().get() >> 1).max(1);
        Self {
            lease: i64::try_from(random).unwrap_or(i64::MAX),
            seconds: seconds(ttl),
        }
    }

    fn token(self) -> LockToken {
        LockToken::new(&format!("{:016x}-{}", self.lease, self.seconds))
    }

    /// `None` for a token that was not given by [`token`](Self::token).
    fn of(token: &LockToken) -> Option<Self> {
        let (lease, seconds) = token.as_str().split_once('-')?;
        let held = Self {
            lease: i64::from_str_radix(lease, 16).ok()?,
            seconds: seconds.parse().ok()?,
        };
        (held.lease > 0 && held.token() == *token).then_some(held)
    }
}

/// The service counts whole seconds: a shorter lock could end before its holder's term.
fn seconds(ttl: Duration) -> i64 {
    const LONGEST: i64 = 9_000_000_000;
    let more = u64::from(ttl.subsec_nanos() > 0);
    let seconds = ttl.as_secs().saturating_add(more);
    i64::try_from(seconds).map_or(LONGEST, |seconds| seconds.clamp(1, LONGEST))
}

fn owner_of(found: &KeyValue) -> LockOwner {
    LockOwner::new(&String::from_utf8_lossy(&found.value))
}

impl Etcd {
    fn lock_key(&self, key: &LockKey) -> Vec<u8> {
        self.shared.layout.lock(key.as_str())
    }

    async fn locked(&self, key: &LockKey) -> Result<Option<KeyValue>, Failure> {
        let key = self.lock_key(key);
        let ask = self.shared.ask(self.shared.lock_plan(), |caller| {
            let read = crate::proto::RangeRequest {
                key: key.clone(),
                ..Default::default()
            };
            async move { caller.range(read).await }
        });
        Ok(ask.await?.kvs.into_iter().next())
    }

    async fn decide(&self, transaction: TxnRequest) -> Result<Verdict, Failure> {
        let ask = self.shared.ask(self.shared.lock_plan(), |caller| {
            let transaction = transaction.clone();
            async move { caller.txn(transaction).await }
        });
        Ok(verdict(ask.await?))
    }

    async fn grant(&self, held: Held) -> Result<(), Failure> {
        let plan = self.shared.lock_plan();
        let ask = self.shared.ask(plan, |caller| async move {
            caller.grant(held.lease, held.seconds).await
        });
        match ask.await {
            // The number is random: it is this process's own, of an attempt whose answer came late.
            Err(failure) if failure.kind == Kind::LeaseThere => Ok(()),
            granted => granted,
        }
    }

    /// Ends a lease that nothing stands under any more; where that fails it ends by itself.
    async fn revoke(&self, lease: i64) {
        let plan = self.shared.lock_plan();
        let ask = self
            .shared
            .ask(plan, |caller| async move { caller.revoke(lease).await });
        if let Err(failure) = ask.await {
            tracing::debug!("a lease that is not needed ends by itself: {failure}");
        }
    }

    /// Puts the lock under a lease of its own where `compare` holds; else says what stands there.
    async fn put_under(
        &self,
        request: &LockRequest,
        held: Held,
        compare: crate::proto::Compare,
    ) -> Result<Result<(), Option<KeyValue>>, Failure> {
        self.grant(held).await?;
        let key = self.lock_key(&request.key);
        let owner = request.owner.as_str().as_bytes().to_vec();
        let put = put(key.clone(), owner, held.lease);
        match self
            .decide(transaction(vec![compare], vec![put], key))
            .await?
        {
            Verdict::Done => Ok(Ok(())),
            // An attempt before this one has landed, and its answer was lost.
            Verdict::Otherwise(Some(found)) if found.lease == held.lease => Ok(Ok(())),
            Verdict::Otherwise(found) => {
                self.revoke(held.lease).await;
                Ok(Err(found))
            }
        }
    }

    /// The lock under another lease, since this one has another length.
    async fn replace(&self, request: &LockRequest, old: Held) -> Result<LockToken, RenewError> {
        let held = Held::new(request.ttl);
        let ours = is_under(self.lock_key(&request.key), old.lease);
        let put = self.put_under(request, held, ours).await;
        match put.map_err(LockUnavailable::from)? {
            Ok(()) => {
                self.revoke(old.lease).await;
                Ok(held.token())
            }
            Err(found) => Err(RenewError::Lost {
                to: found.as_ref().map(owner_of),
            }),
        }
    }
}

#[async_trait]
impl LockService for Etcd {
    async fn acquire(&self, request: &LockRequest) -> Result<LockToken, AcquireError> {
        // A candidate asks all the time: a lease for each would be a write for each.
        let found = self.locked(&request.key).await;
        if let Some(found) = found.map_err(LockUnavailable::from)? {
            return Err(AcquireError::Held {
                by: owner_of(&found),
            });
        }
        let held = Held::new(request.ttl);
        let free = is_absent(self.lock_key(&request.key));
        let put = self.put_under(request, held, free).await;
        match put.map_err(LockUnavailable::from)? {
            Ok(()) => Ok(held.token()),
            Err(Some(found)) => Err(AcquireError::Held {
                by: owner_of(&found),
            }),
            Err(None) => Err(LockUnavailable::new("the lock was taken and given back").into()),
        }
    }

    async fn renew(
        &self,
        request: &LockRequest,
        token: &LockToken,
    ) -> Result<LockToken, RenewError> {
        let Some(held) = Held::of(token) else {
            let owner = self.owner(&request.key).await?;
            return Err(RenewError::Lost { to: owner });
        };
        if held.seconds != seconds(request.ttl) {
            return self.replace(request, held).await;
        }
        let plan = self.shared.lock_plan();
        let lives = self.shared.ask(
            plan,
            |caller| async move { caller.keep_alive(held.lease).await },
        );
        // A lease that lives has its key, unless somebody has taken the key away.
        let (lives, found) = tokio::join!(lives, self.locked(&request.key));
        let found = found.map_err(LockUnavailable::from);
        match (lives.map_err(LockUnavailable::from)?, found?) {
            (Some(()), Some(found)) if found.lease == held.lease => Ok(token.clone()),
            (_, found) => {
                let others = found.filter(|found| found.lease != held.lease);
                Err(RenewError::Lost {
                    to: others.as_ref().map(owner_of),
                })
            }
        }
    }

    async fn release(&self, key: &LockKey, token: &LockToken) -> Result<(), LockUnavailable> {
        let Some(held) = Held::of(token) else {
            return Ok(());
        };
        let key = self.lock_key(key);
        let ours = is_under(key.clone(), held.lease);
        let gone = transaction(vec![ours], vec![delete(key.clone())], key);
        if self.decide(gone).await? == Verdict::Done {
            self.revoke(held.lease).await;
        }
        Ok(())
    }

    async fn owner(&self, key: &LockKey) -> Result<Option<LockOwner>, LockUnavailable> {
        Ok(self.locked(key).await?.as_ref().map(owner_of))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_lasts_at_least_as_long_as_asked() {
        assert_eq!(seconds(Duration::ZERO), 1);
        assert_eq!(seconds(Duration::from_secs(2)), 2);
        assert_eq!(seconds(Duration::from_millis(2_001)), 3);
        assert_eq!(seconds(Duration::MAX), 9_000_000_000);
    }

    #[test]
    fn a_token_is_known_again_and_no_other_text_is_one() {
        let held = Held::new(Duration::from_secs(2));
        assert!(held.lease > 0);
        assert_eq!(Held::of(&held.token()), Some(held));
        for text in [
            "",
            "made-up",
            "1-2",
            "-1-2",
            "0000000000000000-2",
            "000000000000000a-+2",
        ] {
            assert_eq!(Held::of(&LockToken::new(text)), None, "{text}");
        }
        assert!(Held::of(&LockToken::new("000000000000000a-2")).is_some());
    }
}
