//! One holder at a time.

use tokio::task::JoinSet;

use super::trial::{ANN, BOB, LONG, Trial};
use crate::{AcquireError, LockKey, LockOwner, LockRequest};

pub(super) async fn a_held_lock_is_refused(trial: Trial) {
    trial.acquired(ANN, LONG).await;
    trial.assert_held(ANN, "once acquired").await;
}

pub(super) async fn a_holder_of_the_same_name_is_refused(trial: Trial) {
    let token = trial.acquired(ANN, LONG).await;
    match trial.other.acquire(&trial.request(ANN, LONG)).await {
        Err(AcquireError::Held { by }) => assert_eq!(by.as_str(), ANN),
        other => panic!("a second process of one name must be refused, and got {other:?}"),
    }
    trial.renewed(ANN, LONG, &token).await;
}

pub(super) async fn keys_are_independent(trial: Trial) {
    let token = trial.acquired(ANN, LONG).await;
    let neighbour = LockKey::new(&format!("{}.b", trial.key)).expect("a key");
    let request = LockRequest {
        key: neighbour.clone(),
        owner: LockOwner::new(BOB),
        ttl: LONG,
    };
    let next = trial
        .other
        .acquire(&request)
        .await
        .expect("another key is free");
    trial
        .service
        .release(&trial.key, &token)
        .await
        .expect("the service answers");
    trial
        .other
        .renew(&request, &next)
        .await
        .expect("the release was of another key");
    trial.assert_free("though its neighbour is held").await;
}

pub(super) async fn the_longest_key_is_a_key(trial: Trial) {
    let longest = format!("{:-<199}", format!("{}.A_z", trial.key));
    let keys = ["0", "1"].map(|end| LockKey::new(&format!("{longest}{end}")).expect("a key"));
    for key in keys {
        let request = LockRequest {
            key: key.clone(),
            owner: LockOwner::new(ANN),
            ttl: LONG,
        };
        let token = trial
            .service
            .acquire(&request)
            .await
            .expect("keys that differ at their end");
        let owner = trial.other.owner(&key).await.expect("the service answers");
        assert_eq!(owner, Some(LockOwner::new(ANN)));
        trial
            .service
            .renew(&request, &token)
            .await
            .expect("a long key renews");
    }
}

pub(super) async fn one_of_many_acquires(trial: Trial) {
    const RIVALS: usize = 16;
    let mut rivals = JoinSet::new();
    for number in 0..RIVALS {
        let service = trial.builder.build().await;
        let request = trial.request(&format!("rival-{number}:1"), LONG);
        rivals.spawn(async move { (request.owner.clone(), service.acquire(&request).await) });
    }
    let (mut winners, mut told) = (Vec::new(), Vec::new());
    for (owner, answer) in rivals.join_all().await {
        match answer {
            Ok(_) => winners.push(owner),
            Err(AcquireError::Held { by }) => told.push(by),
            Err(error) => panic!("{owner} got no answer: {error}"),
        }
    }
    assert_eq!(winners.len(), 1, "{winners:?} hold the lock at once");
    assert!(
        told.iter().all(|by| *by == winners[0]),
        "{winners:?} holds it, told were {told:?}"
    );
}
