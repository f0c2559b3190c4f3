//! Leases are counted from when that was sent which they rest on, never from when its answer came.

use std::time::Duration;

use groupkeeper_registry::Config;
use groupkeeper_registry::machine::{Answer, Effect, Input, LockNews, OpId, StoreWork};
use groupkeeper_registry::peer::{Ack, Changes};
use groupkeeper_types::{Moment, Stamp};

use crate::drive::{Driven, ack, decision, gateway, heartbeat, record, stamp};

/// How long every answer takes here: shorter than until the next verification is due.
const ANSWERED_AFTER: Duration = Duration::from_millis(200);

fn lease() -> Duration {
    Config::default().timing.lease
}

/// A leader, 100 ms after it began, with gateway 2 in the stored set and nothing listed yet.
fn leader() -> Driven {
    let found = record(&gateway(3), stamp(1, 5), stamp(1, 5));
    let mut leader = Driven::leading(&gateway(1), &found, &[gateway(1), gateway(2)]);
    leader.pass(Duration::from_millis(100));
    leader
}

/// When the leases end that the leader gives gateway 2, and itself.
fn leases_end(leader: &mut Driven) -> (Moment, Moment) {
    let said = heartbeat(&gateway(2), 2, Stamp::ZERO);
    let given = leader.heartbeat(said).unwrap().lease;
    (leader.now + given, leader.machine.head().lease_until)
}

fn sent(driven: &mut Driven, wanted: impl Fn(&StoreWork) -> bool) -> Option<OpId> {
    driven.take(|effect| match effect {
        Effect::Store { op, work } if wanted(work) => Some(*op),
        _ => None,
    })
}

fn commits(work: &StoreWork) -> bool {
    matches!(work, StoreWork::Commit(_))
}

fn verifies(work: &StoreWork) -> bool {
    matches!(work, StoreWork::Verify(_))
}

/// It passes until this is sent.
fn when_sent(driven: &mut Driven, wanted: impl Fn(&StoreWork) -> bool) -> OpId {
    for _ in 0..1_000 {
        if let Some(op) = sent(driven, &wanted) {
            return op;
        }
        driven.pass(Duration::from_millis(1));
    }
    panic!("it is never sent");
}

#[test]
fn from_when_the_epoch_was_begun() {
    let mut driven = Driven::new(&gateway(1));
    let until = driven.now + Duration::from_secs(3_600);
    driven.step(Input::Lock(LockNews::Mine { until }));
    // The first is what the follower asked.
    let look = |driven: &mut Driven| sent(driven, |work| matches!(work, StoreWork::ReadRecord));
    while let Some(op) = look(&mut driven) {
        let found = record(&gateway(3), stamp(1, 5), stamp(1, 5));
        let answer = Answer::Record(Ok(Some(found)));
        driven.step(Input::Answer { op, answer });
    }
    let begun = driven.now;
    let op = when_sent(&mut driven, |work| matches!(work, StoreWork::Begin { .. }));
    assert_eq!(driven.now, begun);
    driven.pass(ANSWERED_AFTER);
    driven.written(op, Ok(()));
    driven.gateways_read(&[gateway(1), gateway(2)]);
    let ends = begun + lease();
    assert_eq!(leases_end(&mut driven), (ends, ends));
}

#[test]
fn from_when_a_commit_was_sent() {
    let mut leader = leader();
    leader.list(&[decision("g", 2, stamp(1, 4))]);
    let at = leader.now;
    let op = sent(&mut leader, commits).expect("it commits");
    leader.pass(ANSWERED_AFTER);
    leader.written(op, Ok(()));
    let ends = at + lease();
    assert_eq!(leases_end(&mut leader), (ends, ends));
}

#[test]
fn from_when_a_verification_was_sent() {
    let mut leader = leader();
    leader.list(&[]);
    leader.write_all();
    let op = when_sent(&mut leader, verifies);
    let at = leader.now;
    leader.pass(ANSWERED_AFTER);
    leader.written(op, Ok(()));
    let ends = at + lease();
    assert_eq!(leases_end(&mut leader), (ends, ends));
}

#[test]
fn from_the_newest_of_both_whichever_is_answered_last() {
    let mut leader = leader();
    leader.list(&[decision("g", 2, stamp(1, 4))]);
    let commit = sent(&mut leader, commits).expect("it commits");
    let verify = when_sent(&mut leader, verifies);
    let at = leader.now;
    leader.pass(ANSWERED_AFTER);
    leader.written(verify, Ok(()));
    leader.written(commit, Ok(()));
    let ends = at + lease();
    assert_eq!(leases_end(&mut leader), (ends, ends));
}

#[test]
fn from_when_a_heartbeat_was_sent() {
    for given in [lease(), lease() / 2, lease() * 2] {
        let leader = record(&gateway(2), stamp(1, 5), stamp(1, 5));
        let mut follower = Driven::new(&gateway(1));
        let nothing = || ack(stamp(1, 5), Stamp::ZERO, Changes::Since(Vec::new()));
        follower.acked(
            &leader,
            Ack {
                lease: Duration::ZERO,
                ..nothing()
            },
        );
        let mut op = None;
        for _ in 0..1_000 {
            op = follower.take(|effect| match effect {
                Effect::Heartbeat { op, .. } => Some(*op),
                _ => None,
            });
            if op.is_some() {
                break;
            }
            follower.pass(Duration::from_millis(1));
        }
        let (op, at) = (op.expect("it sends a heartbeat"), follower.now);
        follower.pass(ANSWERED_AFTER);
        let said = Ack {
            lease: given,
            ..nothing()
        };
        let answer = Answer::Acked(Ok(said));
        follower.step(Input::Answer { op, answer });
        let head = follower.machine.head();
        assert_eq!(head.lease_until, at + given.min(lease()));
        assert_eq!(head.fresh_until, at + lease());
    }
}
