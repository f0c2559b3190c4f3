//! The locks in memory keep every promise, with rotating tokens, on two clocks and behind a wrapper;
//! and each broken promise is noticed.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use groupkeeper_election::conformance::{Builder, failures, test_all};
use groupkeeper_election::testing::{FaultyLockService, TokioClock};
use groupkeeper_election::{
    AcquireError, LockKey, LockOwner, LockRequest, LockService, MemoryLockService,
};
use groupkeeper_types::{Clock, ManualClock, Moment};

mod broken;

use broken::{Broken, Defect};

struct OnManualClock(ManualClock, MemoryLockService);

#[async_trait]
impl Builder for OnManualClock {
    async fn build(&self) -> Arc<dyn LockService> {
        Arc::new(self.1.clone())
    }

    async fn let_pass(&self, span: Duration) {
        self.0.advance(span);
    }
}

#[tokio::test]
async fn memory_on_a_manual_clock() {
    let clock = ManualClock::default();
    test_all(OnManualClock(
        clock.clone(),
        MemoryLockService::new(Arc::new(clock)),
    ))
    .await;
}

#[tokio::test]
async fn a_lock_is_over_when_its_time_is() {
    let clock = ManualClock::default();
    let service = MemoryLockService::new(Arc::new(clock.clone()));
    let request = |owner: &str| LockRequest {
        key: LockKey::new("leader").unwrap(),
        owner: LockOwner::new(owner),
        ttl: Duration::from_secs(2),
    };
    service.acquire(&request("a:1")).await.unwrap();
    clock.advance(Duration::from_micros(1_999_999));
    let held = service.acquire(&request("b:1")).await;
    assert!(matches!(held, Err(AcquireError::Held { .. })), "{held:?}");
    clock.advance(Duration::from_micros(1));
    service.acquire(&request("b:1")).await.unwrap();
}

struct Wrapped(MemoryLockService);

#[async_trait]
impl Builder for Wrapped {
    async fn build(&self) -> Arc<dyn LockService> {
        Arc::new(FaultyLockService::new(Arc::new(self.0.clone())).0)
    }
}

#[tokio::test(start_paused = true)]
async fn memory_behind_a_wrapper_without_faults() {
    let clock = Arc::new(TokioClock::new());
    test_all(Wrapped(MemoryLockService::new(clock.clone()))).await;
    let took = clock.now().since(Moment::ZERO);
    assert!(
        took < Duration::from_secs(12),
        "a real service would sleep for {took:?}"
    );
}

#[async_trait]
impl Builder for Broken {
    async fn build(&self) -> Arc<dyn LockService> {
        Arc::new(self.clone())
    }
}

#[tokio::test(start_paused = true)]
async fn each_defect_is_noticed() {
    let expected = [
        (Defect::AdmitsAll, "exclusion::a_held_lock_is_refused"),
        (
            Defect::AdmitsItsOwner,
            "exclusion::a_holder_of_the_same_name_is_refused",
        ),
        (Defect::OneLockForAll, "exclusion::keys_are_independent"),
        (Defect::CutsKeys, "exclusion::the_longest_key_is_a_key"),
        (Defect::LooksThenTakes, "exclusion::one_of_many_acquires"),
        (
            Defect::NamesTheCaller,
            "ownership::a_refusal_names_the_holder",
        ),
        (
            Defect::HidesTheHolder,
            "ownership::the_holder_is_told_to_all",
        ),
        (
            Defect::FreeLockIsAFailure,
            "ownership::nobody_holds_a_free_lock",
        ),
        (
            Defect::RenewsInName,
            "renewal::renewals_outlast_the_time_to_live",
        ),
        (Defect::RenewsOnce, "renewal::the_newest_token_renews"),
        (Defect::TakesOldTokens, "renewal::a_rotated_token_is_lost"),
        (Defect::TakesAnyToken, "renewal::an_unknown_token_is_lost"),
        (
            Defect::RenewalAcquires,
            "renewal::a_free_lock_is_not_renewed",
        ),
        (Defect::ExpiresEarly, "expiry::lasts_its_time_to_live"),
        (Defect::NeverExpires, "expiry::an_expired_lock_is_free"),
        (
            Defect::RenewalAcquires,
            "expiry::an_expired_lock_is_lost_though_nobody_took_it",
        ),
        (
            Defect::TakesAnyToken,
            "expiry::an_expired_lock_is_lost_to_who_took_it",
        ),
        (Defect::ReleasesNothing, "release::frees_at_once"),
        (
            Defect::ReleasesFirstTokens,
            "release::the_newest_token_releases",
        ),
        (
            Defect::ReleasesForAnybody,
            "release::a_wrong_token_changes_nothing",
        ),
        (
            Defect::ReleasesForAnybody,
            "release::an_earlier_holder_changes_nothing",
        ),
        (
            Defect::FreeLockIsAFailure,
            "release::a_free_lock_may_be_released",
        ),
        (
            Defect::RenewalAcquires,
            "release::a_released_lock_is_not_renewed",
        ),
    ];
    for (defect, case) in expected {
        let noticed: Vec<_> = failures(Broken::new(defect))
            .await
            .iter()
            .map(|f| f.case)
            .collect();
        assert!(
            noticed.contains(&case),
            "{defect:?} must fail {case}; it failed {noticed:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "- release::frees_at_once: the lock must be free once released")]
async fn a_failure_is_named() {
    test_all(Broken::new(Defect::ReleasesNothing)).await;
}
