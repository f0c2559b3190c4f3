//! A lock service that loses, delays, forgets, and names two.

use std::sync::Arc;

use groupkeeper_election::testing::{Fault, FaultyLockService, Operation};
use groupkeeper_election::{Election, Leadership};
use groupkeeper_types::Clock;

use crate::support::{World, ms, named, next, observed, pass, won};

#[tokio::test(start_paused = true)]
async fn a_renewal_that_fails_once_is_harmless() {
    let slow = Fault::DelayAnswer(ms(390));
    for fault in [
        Fault::LoseRequest,
        Fault::HoldRequest,
        Fault::DelayRequest(ms(450)),
        slow,
    ] {
        let world = World::new();
        let (a, faults) = world.process("a:1");
        let mut seen = a.changes();
        let first = won(&mut seen).await;
        faults.once(Operation::Renew, fault);
        pass(ms(10_000)).await;
        assert!(a.is_leader(), "{fault:?}");
        assert_eq!(a.changes().next().await, Some(observed(first)), "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_to_a_renewal_costs_one_term() {
    let world = World::new();
    let (a, faults) = world.process("a:1");
    let (b, _) = world.process("b:1");
    let mut seen = a.changes();
    won(&mut seen).await;
    faults.once(Operation::Renew, Fault::LoseAnswer);
    let lost = next(&mut seen).await;
    let since = world.clock.now();
    // The service holds the lock for a token that nobody knows.
    assert_eq!(lost.leadership, Leadership::Other(named("a:1")));
    assert!(!a.is_leader());
    assert_eq!(b.leader(), Some(named("a:1")));
    while !a.is_leader() && !b.is_leader() {
        pass(ms(1)).await;
    }
    let took = world.clock.now().since(since);
    assert!(took <= ms(2_250), "{took:?}");
    assert!(a.is_leader() != b.is_leader());
}

#[tokio::test(start_paused = true)]
async fn a_late_answer_to_a_renewal_frees_the_lock_for_another_term() {
    let world = World::new();
    let (a, faults) = world.process("a:1");
    let mut seen = a.changes();
    won(&mut seen).await;
    faults.once(Operation::Renew, Fault::DelayAnswer(ms(450)));
    next(&mut seen).await;
    let since = world.clock.now();
    won(&mut seen).await;
    let took = world.clock.now().since(since);
    assert!(took <= ms(350), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_slow_service_keeps_its_leader() {
    let world = World::new();
    let (a, faults) = world.process("a:1");
    let mut seen = a.changes();
    let first = won(&mut seen).await;
    faults.always(Operation::Renew, Fault::DelayAnswer(ms(500)));
    pass(ms(20_000)).await;
    assert!(a.is_leader(), "late tokens are as good");
    assert_eq!(a.changes().next().await, Some(observed(first)));
}

#[tokio::test(start_paused = true)]
async fn a_lock_granted_too_late_is_given_back() {
    let world = World::new();
    let (service, faults) = FaultyLockService::new(Arc::new(world.locks.clone()));
    faults.once(Operation::Acquire, Fault::DelayAnswer(ms(500)));
    let clock = Arc::new(world.clock.clone());
    let a = Election::start(Arc::new(service), clock, world.candidate("a:1")).unwrap();
    a.wait_for_leader(ms(450)).await.unwrap();
    assert!(!a.is_leader(), "it holds the lock, and can't know");
    let mut seen = a.changes();
    won(&mut seen).await;
    assert!(
        world.clock.now().as_micros() < 1_000_000,
        "not after the lock's time-to-live"
    );
    assert_eq!(faults.calls(Operation::Release), 1);
}

#[tokio::test(start_paused = true)]
async fn a_forgotten_lock_overlaps_until_the_next_renewal() {
    let world = World::new();
    let (a, _) = world.process("a:1");
    a.wait_for_leader(ms(5_000)).await.unwrap();
    let (b, _) = world.process("b:1");
    pass(ms(3_000)).await;
    assert!(a.is_leader() && !b.is_leader());
    // Right after a renewal, so that the other asks before the next one.
    a.term().changed().await.unwrap();
    world.locks.forget(&world.key);
    let since = world.clock.now();
    let mut both = false;
    while a.is_leader() {
        both |= b.is_leader();
        pass(ms(1)).await;
    }
    assert!(both, "a service that forgets names two");
    assert!(world.clock.now().since(since) <= ms(502));
    pass(ms(10_000)).await;
    assert!(!a.is_leader() && b.is_leader());
}

#[tokio::test(start_paused = true)]
async fn two_holders_both_lead_until_one_is_cut_off() {
    let world = World::new();
    let (a, _) = world.process("a:1");
    a.wait_for_leader(ms(5_000)).await.unwrap();
    let (b, faults) = world.process("b:1");
    world.locks.admit_another(&world.key);
    pass(ms(10_000)).await;
    assert!(
        a.is_leader() && b.is_leader(),
        "the lock is a hint: the epoch is the law"
    );
    faults.cut_off();
    pass(ms(2_000)).await;
    faults.heal();
    pass(ms(10_000)).await;
    assert!(a.is_leader() && !b.is_leader());
}

#[tokio::test(start_paused = true)]
async fn one_of_many_follows_and_the_others_stay_away() {
    let world = World::new();
    let (a, _) = world.process("a:1");
    a.wait_for_leader(ms(5_000)).await.unwrap();
    let rivals: Vec<_> = (0..20)
        .map(|n| world.process(&format!("rival-{n}:1")))
        .collect();
    pass(ms(3_000)).await;
    drop(a);
    pass(ms(2_260)).await;
    assert_eq!(
        rivals.iter().filter(|(rival, _)| rival.is_leader()).count(),
        1
    );
    let leader = rivals
        .iter()
        .find(|(rival, _)| rival.is_leader())
        .unwrap()
        .0
        .leader();

    let asked = |operation| rivals.iter().map(|(_, f)| f.calls(operation)).sum::<u64>();
    let before = asked(Operation::Acquire);
    pass(ms(10_000)).await;
    assert!(rivals.iter().all(|(rival, _)| rival.leader() == leader));
    let each = (asked(Operation::Acquire) - before) / 19;
    assert!(
        (40..=80).contains(&each),
        "each candidate asked {each} times in 10 s"
    );
}
