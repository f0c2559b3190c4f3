use async_trait::async_trait;
use groupkeeper_election::{
    AcquireError, LockKey, LockOwner, LockRequest, LockService, LockToken, LockUnavailable,
    RenewError,
};
use tonic::Code;

use crate::attempts::{Attempt, Plan, over_filers};
use crate::deciding::Needs;
use crate::failure::Failure;
use crate::lock_answer::{LockAnswer, ask_for_lock};
use crate::proto::filer_pb::{FindLockOwnerRequest, LockRequest as Message, UnlockRequest};
use crate::rule::Refusal;
use crate::shared::Shared;
use crate::{SeaweedFs, ServerAddress};

#[async_trait]
impl LockService for SeaweedFs {
    /// Who may not decide does not take the lock, so that others can lead, and is told who has it all the same.
    async fn acquire(&self, request: &LockRequest) -> Result<LockToken, AcquireError> {
        let wait = self.shared.lock_plan().timeout;
        if let Err(refusal) = self.shared.may_decide(Needs::Permit, wait).await {
            let owner = self.owner(&request.key).await.ok().flatten();
            let unavailable = || LockUnavailable::new(refusal).into();
            return Err(owner.map_or_else(unavailable, |by| AcquireError::Held { by }));
        }
        match self.shared.lock(&message(request, "")).await? {
            LockAnswer::Granted(token) => Ok(token),
            LockAnswer::Held(by) => Err(AcquireError::Held { by }),
            LockAnswer::NotHeld => Err(LockUnavailable::new(
                "a filer said that a token does not hold the lock, and none was sent",
            )
            .into()),
        }
    }

    /// Who has the lock lets go of it where the masters name no decider: others may hear more of them. While a
    /// new decider settles, it does so for everybody alike, and a leader that stays is one that look-ups go on
    /// with.
    async fn renew(
        &self,
        request: &LockRequest,
        token: &LockToken,
    ) -> Result<LockToken, RenewError> {
        if token.as_str().is_empty() {
            // To the filer this would be a fresh acquisition.
            return Err(RenewError::Lost { to: None });
        }
        let wait = self.shared.lock_plan().timeout;
        match self.shared.may_decide(Needs::Permit, wait).await {
            Ok(()) | Err(Refusal::Settling(..) | Refusal::Copying(..)) => {}
            Err(refusal @ Refusal::Unknown(_)) => return Err(LockUnavailable::new(refusal).into()),
        }
        match self.shared.lock(&message(request, token.as_str())).await? {
            LockAnswer::Granted(token) => Ok(token),
            LockAnswer::Held(by) => Err(RenewError::Lost { to: Some(by) }),
            LockAnswer::NotHeld => Err(RenewError::Lost { to: None }),
        }
    }

    async fn release(&self, key: &LockKey, token: &LockToken) -> Result<(), LockUnavailable> {
        let unlocked = over_filers(&self.shared.filers, self.shared.lock_plan(), |filer| {
            // Asked of the filer that decides itself: an answer is then about the lock, and not
            // about the way there.
            self.shared.unlock(key, token, filer.address.clone())
        });
        Ok(unlocked.await?)
    }

    async fn owner(&self, key: &LockKey) -> Result<Option<LockOwner>, LockUnavailable> {
        let found = over_filers(
            &self.shared.filers,
            self.shared.lock_plan(),
            |filer| async move {
                let mut client = match filer.client() {
                    Ok(client) => client,
                    Err(e) => return Attempt::Failed(Failure::Unavailable(e.to_string())),
                };
                let name = key.as_str().to_owned();
                let answer = client.find_lock_owner(FindLockOwnerRequest {
                    name,
                    is_moved: false,
                });
                match answer.await.map(tonic::Response::into_inner) {
                    Ok(answer) if !answer.owner.is_empty() => {
                        Attempt::Done(Some(LockOwner::new(&answer.owner)))
                    }
                    Ok(_) => Attempt::Done(None),
                    Err(status) if status.code() == Code::NotFound => Attempt::Done(None),
                    Err(status) => Attempt::Failed(Failure::from_status(&filer.address, &status)),
                }
            },
        );
        Ok(found.await?)
    }
}

/// How often a filer may name another one that should be asked.
const MAX_HOPS: usize = 3;

impl Shared {
    fn lock_plan(&self) -> Plan {
        let timeout = self.config().lock_timeout;
        Plan {
            timeout,
            stagger: timeout * 2 / 5,
            start_over: false,
        }
    }

    /// Acquires or renews, for whoever may.
    async fn lock(&self, message: &Message) -> Result<LockAnswer, LockUnavailable> {
        let answer = over_filers(&self.filers, self.lock_plan(), |filer| async move {
            let mut filer = filer;
            for _ in 0..MAX_HOPS {
                match ask_for_lock(&filer, message).await {
                    Ok(Ok(answer @ LockAnswer::Granted(_))) => return Attempt::Done(answer),
                    // An earlier filer may have granted it and only be slow to say so.
                    Ok(Ok(answer)) => return Attempt::Tentative(answer),
                    Ok(Err(moved_to)) => filer = self.filers.at(&moved_to),
                    Err(failure) => return Attempt::Failed(failure),
                }
            }
            Attempt::Failed(too_many_hops(&filer.address))
        });
        Ok(answer.await?)
    }

    async fn unlock(&self, key: &LockKey, token: &LockToken, at: ServerAddress) -> Attempt<()> {
        let mut filer = self.filers.at(&at);
        for _ in 0..MAX_HOPS {
            let request = UnlockRequest {
                name: key.as_str().to_owned(),
                renew_token: token.as_str().to_owned(),
                is_moved: true,
            };
            let mut client = match filer.client() {
                Ok(client) => client,
                Err(e) => return Attempt::Failed(Failure::Unavailable(e.to_string())),
            };
            let answer = match client.distributed_unlock(request).await {
                Ok(answer) => answer.into_inner(),
                Err(status) => {
                    return Attempt::Failed(Failure::from_status(&filer.address, &status));
                }
            };
            match (ServerAddress::new(&answer.moved_to), answer.error.as_str()) {
                (Ok(moved_to), _) if moved_to != filer.address => filer = self.filers.at(&moved_to),
                // It is not held under this token, now or any more.
                (_, "" | "lock not found" | "unlock: token mismatch") => return Attempt::Done(()),
                (_, error) => {
                    let error = crate::failure::shown(error);
                    let why = format!("filer {}: {error}", filer.address);
                    return Attempt::Failed(Failure::Unavailable(why));
                }
            }
        }
        Attempt::Failed(too_many_hops(&filer.address))
    }
}

fn too_many_hops(at: &ServerAddress) -> Failure {
    Failure::Unavailable(format!(
        "the filers pass the lock around; the last was {at}"
    ))
}

/// The service counts whole seconds: a shorter lock could end before its holder's term.
fn message(request: &LockRequest, token: &str) -> Message {
    let seconds = request.ttl.as_secs() + u64::from(request.ttl.subsec_nanos() > 0);
    Message {
        name: request.key.as_str().to_owned(),
        seconds_to_lock: i64::try_from(seconds.max(1)).unwrap_or(i64::MAX),
        renew_token: token.to_owned(),
        is_moved: false,
        owner: request.owner.as_str().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{Fleet, lock_key};

    #[test]
    fn a_lock_lasts_at_least_as_long_as_asked() {
        let seconds = |ttl| {
            let owner = LockOwner::new("h:1");
            let request = LockRequest {
                key: lock_key(&Fleet::Default),
                owner,
                ttl,
            };
            message(&request, "").seconds_to_lock
        };
        assert_eq!(seconds(Duration::ZERO), 1);
        assert_eq!(seconds(Duration::from_secs(2)), 2);
        assert_eq!(seconds(Duration::from_millis(2_001)), 3);
        assert_eq!(seconds(Duration::from_secs(2) + Duration::from_nanos(1)), 3);
    }
}
