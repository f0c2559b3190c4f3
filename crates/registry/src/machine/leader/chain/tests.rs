use std::time::Duration;

use super::*;
use crate::machine::BatchChange;
use crate::machine::testing::{Bench, batch, decision, gateway, group, record, stamp};

const UNAVAILABLE: fn() -> WriteError = || WriteError::Unavailable {
    why: "no answer".to_owned(),
};

fn work() -> Work {
    let assign = BatchChange::Assign(decision("g", "a", stamp(1, 2)));
    Work {
        batch: batch(&record(1, None), vec![assign]),
        calls: vec![(group("g"), CallId(7))],
        rewrites: 0,
    }
}

/// A chain whose first commit is sent.
fn committing(bench: &mut Bench) -> (Chain, OpId) {
    let mut chain = Chain::new(bench.now, bench.now);
    chain.commit(&mut bench.ctx(), work());
    let (op, asked) = bench.asked();
    assert_eq!(asked, StoreWork::Commit(work().batch));
    (chain, op)
}

#[test]
fn a_commit_in_doubt_is_repeated_before_anything_else() {
    let mut bench = Bench::new();
    let (mut chain, op) = committing(&mut bench);
    let record = record(1, None);
    let told = chain.answered(&mut bench.ctx(), &record, op, Err(UNAVAILABLE()));
    assert!(matches!(told, Told::Answer));
    assert!(chain.is_committing() && chain.in_flight().assigns(&group("g")));
    assert!(chain.go_on(&mut bench.ctx(), &record));
    assert_eq!(bench.take(), []);
    bench.now = chain.deadline();
    assert!(chain.go_on(&mut bench.ctx(), &record));
    let (again, asked) = bench.asked();
    assert_eq!(asked, StoreWork::Commit(work().batch));
    let late = chain.answered(&mut bench.ctx(), &record, op, Ok(()));
    assert!(matches!(late, Told::Nothing), "an answer to the first try");
    let told = chain.answered(&mut bench.ctx(), &record, again, Ok(()));
    assert!(matches!(told, Told::Committed(made) if made == work()));
    assert!(!chain.is_committing());
}

#[test]
fn the_record_stood_when_the_request_was_sent() {
    let mut bench = Bench::new();
    let sent = bench.now;
    let (mut chain, op) = committing(&mut bench);
    bench.now = bench.now + Duration::from_millis(5);
    chain.answered(&mut bench.ctx(), &record(1, None), op, Ok(()));
    assert_eq!(chain.verified_at(), sent);
    let silence = bench.core.timing().store_silence();
    bench.now = sent + silence;
    assert!(!chain.is_silent(&bench.ctx()));
    bench.now = bench.now + Duration::from_micros(1);
    assert!(chain.is_silent(&bench.ctx()));
}

#[test]
fn a_commit_that_takes_long_is_verified_beside() {
    let mut bench = Bench::new();
    let (mut chain, op) = committing(&mut bench);
    let record = record(1, None);
    bench.now = chain.deadline();
    let sent = bench.now;
    assert!(chain.go_on(&mut bench.ctx(), &record));
    let (beside, asked) = bench.asked();
    assert_eq!(asked, StoreWork::Verify(record.clone()));
    // The commit may have landed, which its own answer tells.
    let other = LeaderRecord {
        revision: record.revision.next(),
        ..record.clone()
    };
    let stale = |found| WriteError::Stale {
        found: Some(Box::new(found)),
    };
    let told = chain.answered(&mut bench.ctx(), &record, beside, Err(stale(other)));
    assert!(matches!(told, Told::Nothing));
    bench.now = chain.deadline();
    assert!(bench.now > sent && chain.go_on(&mut bench.ctx(), &record));
    let (beside, _) = bench.asked();
    let newer = crate::machine::testing::record(2, None);
    let told = chain.answered(&mut bench.ctx(), &record, beside, Err(stale(newer)));
    assert!(matches!(told, Told::Stale(Some(_))));
    assert!(chain.is_committing());
    let told = chain.answered(&mut bench.ctx(), &record, op, Ok(()));
    assert!(matches!(told, Told::Committed(_)));
}

#[test]
fn who_waits_for_a_commit_that_was_refused_is_still_known() {
    let mut bench = Bench::new();
    let (mut chain, op) = committing(&mut bench);
    let stale = WriteError::Stale { found: None };
    let told = chain.answered(&mut bench.ctx(), &record(1, None), op, Err(stale));
    assert!(matches!(told, Told::Stale(None)));
    assert_eq!(chain.take_calls(), [CallId(7)]);
}

#[test]
fn tells_what_is_in_flight() {
    let mut bench = Bench::new();
    let mut chain = Chain::new(bench.now, bench.now);
    assert_eq!(chain.in_flight().assigned().count(), 0);
    let (a, b, c) = (gateway("a", 1), gateway("b", 1), gateway("c", 1));
    let changes = vec![
        BatchChange::Admit(a.clone()),
        BatchChange::Dismiss(b.addr.clone()),
        BatchChange::Assign(decision("g", "c", stamp(1, 2))),
    ];
    let work = Work {
        batch: batch(&record(1, None), changes),
        ..work()
    };
    chain.commit(&mut bench.ctx(), work);
    let it = chain.in_flight();
    assert!(it.admits(&a) && !it.admits(&gateway("a", 2)) && it.touches(&a.addr));
    assert!(it.dismisses(&b.addr) && it.touches(&b.addr) && !it.dismisses(&a.addr));
    assert!(it.assigns_to(&c.addr) && !it.assigns_to(&a.addr) && !it.touches(&c.addr));
    assert!(it.failover().is_none() && !it.fails_over(&a.addr));
}
