//! A lock lasts its time-to-live, and no longer.

use std::time::Duration;

use super::trial::{ANN, BOB, LONG, SHORT, Trial};

pub(super) async fn lasts_its_time_to_live(trial: Trial) {
    trial.acquired(ANN, Duration::from_secs(2)).await;
    trial.builder.let_pass(Duration::from_millis(1_300)).await;
    trial
        .assert_held(ANN, "1.3 s after it was acquired for 2 s")
        .await;
}

pub(super) async fn an_expired_lock_is_free(trial: Trial) {
    trial.acquired(ANN, SHORT).await;
    trial.builder.let_expire(SHORT).await;
    let owner = trial
        .other
        .owner(&trial.key)
        .await
        .expect("the service answers");
    assert_eq!(owner, None, "once expired");
    trial.assert_free("once expired").await;
}

pub(super) async fn an_expired_lock_is_lost_though_nobody_took_it(trial: Trial) {
    let token = trial.acquired(ANN, SHORT).await;
    trial.builder.let_expire(SHORT).await;
    trial
        .assert_lost(&token, "once expired, though nobody took it")
        .await;
    trial.assert_free("after a renewal that was refused").await;
}

pub(super) async fn an_expired_lock_is_lost_to_who_took_it(trial: Trial) {
    let first = trial.acquired(ANN, SHORT).await;
    trial.builder.let_expire(SHORT).await;
    let second = trial.acquired(BOB, LONG).await;
    trial.assert_lost(&first, "once another took it").await;
    trial
        .assert_held(BOB, "after the renewal of who held it before")
        .await;
    trial.renewed(BOB, LONG, &second).await;
}
