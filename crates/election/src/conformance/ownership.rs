//! Who holds the lock is told as it was said, to everyone.

use super::trial::{ANN, BOB, LONG, Trial};
use crate::LockOwner;

pub(super) async fn a_refusal_names_the_holder(trial: Trial) {
    for owner in [ANN, BOB] {
        let token = trial.acquired(owner, LONG).await;
        trial.assert_held(owner, "once acquired").await;
        let token = trial.renewed(owner, LONG, &token).await;
        trial.assert_held(owner, "once renewed").await;
        trial
            .service
            .release(&trial.key, &token)
            .await
            .expect("the service answers");
    }
}

pub(super) async fn the_holder_is_told_to_all(trial: Trial) {
    trial.acquired(BOB, LONG).await;
    for client in [&trial.service, &trial.other] {
        let owner = client.owner(&trial.key).await.expect("the service answers");
        assert_eq!(owner, Some(LockOwner::new(BOB)));
    }
}

pub(super) async fn nobody_holds_a_free_lock(trial: Trial) {
    let owner = trial
        .other
        .owner(&trial.key)
        .await
        .expect("a lock nobody knows is no failure");
    assert_eq!(owner, None, "before anybody acquired it");
    let token = trial.acquired(ANN, LONG).await;
    trial
        .service
        .release(&trial.key, &token)
        .await
        .expect("the service answers");
    let owner = trial
        .other
        .owner(&trial.key)
        .await
        .expect("the service answers");
    assert_eq!(owner, None, "once released");
}
