//! A holder keeps the lock with the newest token, and with no other.

use std::time::Duration;

use super::trial::{ANN, BOB, LONG, Trial};
use crate::LockToken;

pub(super) async fn renewals_outlast_the_time_to_live(trial: Trial) {
    let ttl = Duration::from_secs(2);
    let mut token = trial.acquired(ANN, ttl).await;
    for _ in 0..2 {
        trial.builder.let_pass(Duration::from_millis(1_200)).await;
        token = trial.renewed(ANN, ttl, &token).await;
    }
    trial.builder.let_pass(Duration::from_millis(1_200)).await;
    trial
        .assert_held(
            ANN,
            "3.6 s after it was acquired and 1.2 s after it was renewed",
        )
        .await;
}

pub(super) async fn the_newest_token_renews(trial: Trial) {
    let mut token = trial.acquired(ANN, LONG).await;
    for _ in 0..5 {
        token = trial.renewed(ANN, LONG, &token).await;
    }
    trial.assert_held(ANN, "after five renewals").await;
}

pub(super) async fn a_rotated_token_is_lost(trial: Trial) {
    let first = trial.acquired(ANN, LONG).await;
    let second = trial.renewed(ANN, LONG, &first).await;
    // A service may keep one token for as long as it is held; then there is nothing to refuse.
    if first != second {
        trial
            .assert_lost(&first, "with a token that was rotated away")
            .await;
    }
    trial.renewed(ANN, LONG, &second).await;
}

pub(super) async fn an_unknown_token_is_lost(trial: Trial) {
    let token = trial.acquired(BOB, LONG).await;
    trial
        .assert_lost(
            &LockToken::new("made-up"),
            "with a token that nobody was given",
        )
        .await;
    trial
        .assert_held(BOB, "after a renewal with a wrong token")
        .await;
    trial.renewed(BOB, LONG, &token).await;
}

pub(super) async fn a_free_lock_is_not_renewed(trial: Trial) {
    trial
        .assert_lost(&LockToken::new("made-up"), "when nobody ever held the lock")
        .await;
    trial.assert_free("after a renewal that was refused").await;
}
