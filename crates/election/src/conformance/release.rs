//! The holder can let go at once, and nobody else can make it.

use super::trial::{ANN, BOB, LONG, SHORT, Trial};
use crate::LockToken;

pub(super) async fn frees_at_once(trial: Trial) {
    let token = trial.acquired(ANN, LONG).await;
    trial
        .service
        .release(&trial.key, &token)
        .await
        .expect("the service answers");
    trial.assert_free("once released").await;
}

pub(super) async fn the_newest_token_releases(trial: Trial) {
    let token = trial.acquired(ANN, LONG).await;
    let token = trial.renewed(ANN, LONG, &token).await;
    trial
        .service
        .release(&trial.key, &token)
        .await
        .expect("the service answers");
    trial
        .assert_free("once released with the newest token")
        .await;
}

pub(super) async fn a_wrong_token_changes_nothing(trial: Trial) {
    let first = trial.acquired(ANN, LONG).await;
    let made_up = LockToken::new("made-up");
    trial
        .other
        .release(&trial.key, &made_up)
        .await
        .expect("a wrong token is no error");
    trial
        .assert_held(ANN, "after a release with a wrong token")
        .await;

    let second = trial.renewed(ANN, LONG, &first).await;
    if first != second {
        trial
            .service
            .release(&trial.key, &first)
            .await
            .expect("an old token is no error");
        trial
            .assert_held(ANN, "after a release with a token that was rotated away")
            .await;
    }
    trial.renewed(ANN, LONG, &second).await;
}

pub(super) async fn an_earlier_holder_changes_nothing(trial: Trial) {
    let first = trial.acquired(ANN, SHORT).await;
    trial.builder.let_expire(SHORT).await;
    let second = trial.acquired(BOB, LONG).await;
    trial
        .service
        .release(&trial.key, &first)
        .await
        .expect("an old token is no error");
    trial
        .assert_held(BOB, "after the release of who held it before")
        .await;
    trial.renewed(BOB, LONG, &second).await;
}

pub(super) async fn a_free_lock_may_be_released(trial: Trial) {
    let made_up = LockToken::new("made-up");
    trial
        .service
        .release(&trial.key, &made_up)
        .await
        .expect("a free lock is no error");
    let token = trial.acquired(ANN, LONG).await;
    for _ in 0..2 {
        trial
            .service
            .release(&trial.key, &token)
            .await
            .expect("a second release is no error");
    }
    trial.assert_free("once released twice").await;
}

pub(super) async fn a_released_lock_is_not_renewed(trial: Trial) {
    let token = trial.acquired(ANN, LONG).await;
    trial
        .service
        .release(&trial.key, &token)
        .await
        .expect("the service answers");
    trial.assert_lost(&token, "once released").await;
    trial.assert_free("after a renewal that was refused").await;
}
