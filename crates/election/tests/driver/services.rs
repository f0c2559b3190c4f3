//! Lock services that hang, panic, or are mocks; and elections that begin or end badly.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use groupkeeper_election::testing::{Fault, FaultyLockService, Operation};
use groupkeeper_election::{
    AcquireError, CampaignConfig, Candidate, Election, InvalidCampaignConfig, LockKey, LockOwner,
    LockRequest, LockService, LockToken, LockUnavailable, MockLockService, RenewError,
};

use crate::support::{World, ms, named, observed, pass, won};

#[tokio::test(start_paused = true)]
async fn a_dropped_election_leaves_no_call_behind() {
    let world = World::new();
    let (service, faults) = FaultyLockService::new(Arc::new(world.locks.clone()));
    let service = Arc::new(service);
    faults.always(Operation::Acquire, Fault::HoldRequest);
    let clock = Arc::new(world.clock.clone());
    let a = Election::start(Arc::clone(&service) as _, clock, world.candidate("a:1")).unwrap();
    pass(ms(1_000)).await;
    assert!(Arc::strong_count(&service) > 1);
    drop(a);
    pass(ms(1)).await;
    assert_eq!(Arc::strong_count(&service), 1);
}

#[tokio::test(start_paused = true)]
async fn calls_that_hang_are_bounded() {
    let world = World::new();
    let (service, faults) = FaultyLockService::new(Arc::new(world.locks.clone()));
    let service = Arc::new(service);
    faults.always(Operation::Acquire, Fault::HoldRequest);
    let clock = Arc::new(world.clock.clone());
    let _a = Election::start(Arc::clone(&service) as _, clock, world.candidate("a:1")).unwrap();
    pass(ms(60_000)).await;
    assert!(faults.calls(Operation::Acquire) > 100);
    let held = Arc::strong_count(&service);
    assert!(held <= 8, "{held} hold on to the service");
}

/// Panics at the first renewal.
#[derive(Debug)]
struct Panicking(Arc<dyn LockService>, AtomicBool);

#[async_trait]
impl LockService for Panicking {
    async fn acquire(&self, request: &LockRequest) -> Result<LockToken, AcquireError> {
        self.0.acquire(request).await
    }

    async fn renew(
        &self,
        request: &LockRequest,
        token: &LockToken,
    ) -> Result<LockToken, RenewError> {
        assert!(
            self.1.swap(true, Ordering::SeqCst),
            "a panic that a test wants"
        );
        self.0.renew(request, token).await
    }

    async fn release(&self, key: &LockKey, token: &LockToken) -> Result<(), LockUnavailable> {
        self.0.release(key, token).await
    }

    async fn owner(&self, key: &LockKey) -> Result<Option<LockOwner>, LockUnavailable> {
        self.0.owner(key).await
    }
}

#[tokio::test(start_paused = true)]
async fn a_lock_service_that_panics_is_one_that_does_not_answer() {
    let world = World::new();
    let service = Panicking(Arc::new(world.locks.clone()), AtomicBool::new(false));
    let clock = Arc::new(world.clock.clone());
    let a = Election::start(Arc::new(service), clock, world.candidate("a:1")).unwrap();
    let mut seen = a.changes();
    let first = won(&mut seen).await;
    pass(ms(10_000)).await;
    assert_eq!(
        a.changes().next().await,
        Some(observed(first)),
        "harmless, being one"
    );
}

#[tokio::test(start_paused = true)]
async fn a_mock_stands_in_for_a_service() {
    let world = World::new();
    let mut service = MockLockService::new();
    service.expect_acquire().returning(|_| {
        Err(AcquireError::Held {
            by: LockOwner::new("m:1"),
        })
    });
    let clock = Arc::new(world.clock.clone());
    let a = Election::start(Arc::new(service), clock, world.candidate("a:1")).unwrap();
    assert_eq!(a.wait_for_leader(ms(100)).await, Ok(named("m:1")));
}

#[tokio::test]
async fn a_configuration_that_cannot_keep_its_promise_starts_nothing() {
    let world = World::new();
    let config = CampaignConfig {
        call_timeout: ms(1_000),
        ..CampaignConfig::default()
    };
    let candidate = Candidate {
        config,
        ..world.candidate("a:1")
    };
    let clock = Arc::new(world.clock.clone());
    let refused = Election::start(Arc::new(world.locks), clock, candidate).map(|_| ());
    assert!(matches!(
        refused,
        Err(InvalidCampaignConfig::RenewsTooLate { .. })
    ));
}
