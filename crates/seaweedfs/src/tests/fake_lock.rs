use std::collections::BTreeMap;

use groupkeeper_election::{AcquireError, LockOwner, LockRequest, LockService, RenewError};

use super::fake_filer::FakeFiler;
use super::*;
use crate::lock_key;
use crate::proto::filer_pb::{LockRequest as Asked, LockResponse, UnlockRequest};

/// Locks that never expire.
#[derive(Default)]
pub(super) struct Locks {
    /// Token and owner of each.
    held: BTreeMap<String, (String, String)>,
    tokens: u64,
    /// What every request is answered with instead.
    pub(super) says_instead: Option<LockResponse>,
}

impl Locks {
    pub(super) fn lock(&mut self, request: &Asked) -> LockResponse {
        if let Some(answer) = &self.says_instead {
            return answer.clone();
        }
        let held = self.held.get(&request.name);
        if let Some((token, owner)) = held.filter(|(token, _)| *token != request.renew_token) {
            let refused = LockResponse {
                lock_owner: owner.clone(),
                ..LockResponse::default()
            };
            assert!(!token.is_empty());
            let error = if request.renew_token.is_empty() {
                format!("lock already owned by {owner}")
            } else {
                "lock: token mismatch".to_owned()
            };
            return LockResponse { error, ..refused };
        }
        if held.is_none() && !request.renew_token.is_empty() {
            let error = "lock: non-empty token on a new lock".to_owned();
            return LockResponse {
                error,
                ..LockResponse::default()
            };
        }
        self.tokens += 1;
        let renew_token = format!("token-{}", self.tokens);
        let lock = (renew_token.clone(), request.owner.clone());
        self.held.insert(request.name.clone(), lock);
        LockResponse {
            renew_token,
            ..LockResponse::default()
        }
    }

    pub(super) fn unlock(&mut self, request: &UnlockRequest) -> String {
        match self.held.get(&request.name) {
            None => "lock not found".to_owned(),
            Some((token, _)) if *token != request.renew_token => {
                "unlock: token mismatch".to_owned()
            }
            Some(_) => {
                self.held.remove(&request.name);
                String::new()
            }
        }
    }

    pub(super) fn owner(&self, name: &str) -> Option<String> {
        self.held.get(name).map(|(_, owner)| owner.clone())
    }
}

fn ask(owner: &str) -> LockRequest {
    let key = lock_key(&crate::Fleet::Default);
    LockRequest {
        key,
        owner: LockOwner::new(owner),
        ttl: Duration::from_secs(2),
    }
}

#[tokio::test]
async fn a_lock_is_taken_renewed_and_given_up() {
    let filer = FakeFiler::start().await;
    let (locks, _master) = connect(&[&filer]).await;
    let request = ask("g:1");
    assert_eq!(locks.owner(&request.key).await, Ok(None));
    let first = locks.acquire(&request).await.unwrap();
    let second = locks.renew(&request, &first).await.unwrap();
    let by = LockOwner::new("g:1");
    let lost = locks.renew(&request, &first).await;
    assert_eq!(
        lost,
        Err(RenewError::Lost {
            to: Some(by.clone())
        })
    );
    assert_eq!(
        locks.acquire(&request).await,
        Err(AcquireError::Held { by: by.clone() })
    );
    locks.release(&request.key, &first).await.unwrap();
    assert_eq!(locks.owner(&request.key).await, Ok(Some(by)));
    locks.release(&request.key, &second).await.unwrap();
    assert_eq!(locks.owner(&request.key).await, Ok(None));
    let lost = locks.renew(&request, &second).await;
    assert_eq!(lost, Err(RenewError::Lost { to: None }));
}

#[tokio::test]
async fn an_answer_that_names_another_filer_is_followed_a_few_times() {
    let (here, there) = (FakeFiler::start().await, FakeFiler::start().await);
    let (locks, _master) = connect(&[&here]).await;
    let moved = |to: &FakeFiler| LockResponse {
        lock_host_moved_to: to.address.to_string(),
        ..LockResponse::default()
    };
    here.with(|state| state.locks.says_instead = Some(moved(&there)));
    let token = locks.acquire(&ask("g:1")).await.unwrap();
    let key = lock_key(&crate::Fleet::Default);
    assert_eq!(
        there
            .with(|state| state.locks.owner(key.as_str()))
            .as_deref(),
        Some("g:1")
    );
    // So is a release, to the filer that the other one names.
    here.with(|state| state.decider = there.address.to_string());
    there.with(|state| state.decider = there.address.to_string());
    locks.release(&key, &token).await.unwrap();
    assert_eq!(there.with(|state| state.locks.owner(key.as_str())), None);
    there.with(|state| state.locks.says_instead = Some(moved(&here)));
    let error = locks.acquire(&ask("g:1")).await.unwrap_err();
    assert!(
        error.to_string().contains("pass the lock around"),
        "{error}"
    );
}

#[tokio::test]
async fn a_filer_that_can_t_reach_the_one_that_decides_gives_no_verdict() {
    let filer = FakeFiler::start().await;
    let (locks, _master) = connect(&[&filer]).await;
    let token = locks.acquire(&ask("g:1")).await.unwrap();
    let error = "rpc error: code = Unavailable desc = connection refused".to_owned();
    let answer = LockResponse {
        error,
        ..LockResponse::default()
    };
    filer.with(|state| state.locks.says_instead = Some(answer));
    assert!(
        locks
            .renew(&ask("g:1"), &token)
            .await
            .unwrap_err()
            .is_retryable()
    );
    let error = locks.acquire(&ask("g:1")).await.unwrap_err();
    assert!(matches!(error, AcquireError::Unavailable(_)), "{error}");
}
