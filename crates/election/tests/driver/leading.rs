//! The driver on a paused clock: who leads when, and what everyone is told.

use groupkeeper_election::testing::{Fault, Operation};
use groupkeeper_election::{Leadership, LockService, WaitError};
use groupkeeper_types::Clock;

use crate::support::{World, ms, named, next, observed, pass, won};

#[tokio::test(start_paused = true)]
async fn one_leads_and_everyone_knows_who() {
    let world = World::new();
    let (a, _) = world.process("a:1");
    assert_eq!(a.wait_for_leader(ms(5_000)).await, Ok(named("a:1")));
    let (b, _) = world.process("b:1");
    let (c, _) = world.process("c:1");
    for other in [&b, &c] {
        assert_eq!(other.wait_for_leader(ms(5_000)).await, Ok(named("a:1")));
        assert!(!other.is_leader());
        assert_eq!(other.term_end(), None);
    }
    assert!(a.is_leader());
}

#[tokio::test(start_paused = true)]
async fn renewals_keep_one_term_and_move_its_end() {
    let world = World::new();
    let (a, _) = world.process("a:1");
    let mut changes = a.changes();
    let start = won(&mut changes).await;
    let Leadership::Me(first) = start.leadership else {
        unreachable!()
    };
    let mut term = a.term();
    for _ in 0..20 {
        let before = term.borrow_and_update().unwrap();
        term.changed().await.unwrap();
        let after = term.borrow().unwrap();
        assert!(after.ends > before.ends, "{before:?} then {after:?}");
        assert_eq!(
            (after.number, after.asked_at),
            (first.number, first.asked_at)
        );
        assert_eq!(a.term_end(), Some(after.ends));
    }
    assert_eq!(a.changes().next().await, Some(observed(start)));
}

#[tokio::test(start_paused = true)]
async fn a_killed_leader_is_followed_within_a_ttl_and_a_retry() {
    let world = World::new();
    let (a, _) = world.process("a:1");
    a.wait_for_leader(ms(5_000)).await.unwrap();
    let (b, _) = world.process("b:1");
    let mut seen = b.changes();
    pass(ms(3_210)).await;
    let killed = world.clock.now();
    drop(a);
    won(&mut seen).await;
    let took = world.clock.now().since(killed);
    assert!(took <= ms(2_250), "{took:?}");
    assert_eq!(b.leader(), Some(named("b:1")));
}

#[tokio::test(start_paused = true)]
async fn a_cut_off_leader_steps_down_before_its_lock_expires() {
    let world = World::new();
    let (a, faults) = world.process("a:1");
    let mut seen = a.changes();
    won(&mut seen).await;
    pass(ms(1_234)).await;
    faults.cut_off();
    let ends = a.term_end().unwrap();
    let lost = next(&mut seen).await;
    assert_eq!(lost.leadership, Leadership::Unknown);
    assert!(!a.is_leader());
    let now = world.clock.now();
    assert!(
        now >= ends && now.since(ends) <= ms(2),
        "{now} against {ends}"
    );
    assert_eq!(
        world.locks.owner(&world.key).await,
        Ok(Some(named("a:1"))),
        "not yet for others"
    );

    faults.heal();
    let again = won(&mut seen).await;
    assert_eq!(again.terms, 2);
}

#[tokio::test(start_paused = true)]
async fn a_process_that_wakes_from_suspension_does_not_lead() {
    let world = World::new();
    let (a, _) = world.process("a:1");
    let mut seen = a.changes();
    won(&mut seen).await;
    pass(ms(700)).await;
    assert!(a.is_leader());
    world.clock.jump(ms(10_000));
    // No task has run since: the clock alone decides.
    assert!(!a.is_leader());
    assert_eq!((a.leader(), a.term_end()), (None, None));
    assert_eq!(next(&mut seen).await.leadership, Leadership::Unknown);
    assert_eq!(won(&mut seen).await.terms, 2);
}

#[tokio::test(start_paused = true)]
async fn an_answer_from_before_a_suspension_does_not_revive_the_term() {
    let world = World::new();
    let (a, faults) = world.process("a:1");
    let mut seen = a.changes();
    won(&mut seen).await;
    faults.once(Operation::Renew, Fault::HoldAnswer);
    pass(ms(600)).await;
    assert_eq!(faults.calls(Operation::Renew), 1);
    world.clock.jump(ms(10_000));
    faults.let_go();
    assert_eq!(next(&mut seen).await.leadership, Leadership::Unknown);
    assert_eq!(won(&mut seen).await.terms, 2);
}

#[tokio::test(start_paused = true)]
async fn whoever_resigns_is_followed_at_once() {
    let world = World::new();
    let (a, _) = world.process("a:1");
    a.wait_for_leader(ms(5_000)).await.unwrap();
    let (b, _) = world.process("b:1");
    b.wait_for_leader(ms(5_000)).await.unwrap();
    let mut seen = b.changes();
    pass(ms(1_111)).await;

    let begun = world.clock.now();
    a.resign().await;
    assert!(!a.is_leader());
    b.wake();
    won(&mut seen).await;
    let took = world.clock.now().since(begun);
    assert!(took <= ms(30), "{took:?}");

    pass(ms(3_000)).await;
    assert_eq!(
        a.leader(),
        Some(named("b:1")),
        "who is out still sees who leads"
    );
    drop(b);
    pass(ms(5_000)).await;
    assert_eq!(a.leader(), None, "who is out stays out");
    a.campaign();
    assert_eq!(a.wait_for_leader(ms(100)).await, Ok(named("a:1")));
}

#[tokio::test(start_paused = true)]
async fn the_claim_ends_before_the_release_is_done() {
    let world = World::new();
    let (a, faults) = world.process("a:1");
    a.wait_for_leader(ms(5_000)).await.unwrap();
    faults.once(Operation::Release, Fault::HoldRequest);
    let resigned = tokio::time::timeout(ms(100), a.resign()).await;
    assert!(resigned.is_err(), "the release is held");
    assert!(!a.is_leader());
    assert_eq!(world.locks.owner(&world.key).await, Ok(Some(named("a:1"))));
    a.resign().await;
    assert_eq!(
        world.locks.owner(&world.key).await,
        Ok(None),
        "released at the second try"
    );
}

#[tokio::test(start_paused = true)]
async fn the_wait_for_a_leader_ends() {
    let world = World::new();
    let (a, faults) = world.process("a:1");
    faults.cut_off();
    let after = ms(3_000);
    assert_eq!(
        a.wait_for_leader(after).await,
        Err(WaitError::TimedOut { after })
    );
}

#[tokio::test(start_paused = true)]
async fn stopping_ends_the_claim_and_keeps_the_lock() {
    let world = World::new();
    let (a, _) = world.process("a:1");
    let mut seen = a.changes();
    let mut term = a.term();
    won(&mut seen).await;
    a.stop().await;
    assert_eq!(next(&mut seen).await.leadership, Leadership::Unknown);
    assert_eq!(seen.next().await, None);
    assert_eq!(*term.borrow_and_update(), None);
    assert_eq!(world.locks.owner(&world.key).await, Ok(Some(named("a:1"))));
}
