//! How an epoch is begun: under which number, with which floor, and again until it is settled.

use groupkeeper_assignment_store::{LeaderRecord, Lineage, WriteError};
use groupkeeper_registry::Config;
use groupkeeper_registry::machine::{Effect, Input, LockNews, OpId, StoreWork};
use groupkeeper_registry::peer::Changes;
use groupkeeper_types::{Moment, Stamp};

use crate::drive::{Driven, ack, gateway, record, stamp};

/// It gets the lock, and finds this record wherever it asks for one.
fn tries(driven: &mut Driven, found: &LeaderRecord) -> (OpId, LeaderRecord) {
    let until = Moment::NEVER;
    driven.step(Input::Lock(LockNews::Mine { until }));
    for _ in 0..1_000 {
        driven.looks_up(found);
        let begins = driven.take(|effect| match effect {
            Effect::Store {
                op,
                work: StoreWork::Begin { next, .. },
            } => Some((*op, next.clone())),
            _ => None,
        });
        if let Some(begins) = begins {
            return begins;
        }
        driven.pass(std::time::Duration::from_millis(10));
    }
    panic!("it never begins");
}

fn found() -> LeaderRecord {
    record(&gateway(3), stamp(5, 50), stamp(5, 50))
}

#[test]
fn no_two_tries_are_of_one_epoch() {
    let mut driven = Driven::new(&gateway(1));
    let (op, first) = tries(&mut driven, &found());
    driven.written(op, Err(WriteError::Stale { found: None }));
    let (_, second) = tries(&mut driven, &found());
    assert_eq!(first.epoch.number(), second.epoch.number());
    assert_ne!(first.epoch, second.epoch);
    assert_ne!(first.nonce, second.nonce);
}

#[test]
fn a_try_whose_answer_was_lost_is_repeated_as_it_was() {
    let timing = Config::default().timing;
    let mut driven = Driven::new(&gateway(1));
    let (op, first) = tries(&mut driven, &found());
    driven.written(op, Err(WriteError::unavailable("lost")));
    let begins = |driven: &mut Driven| {
        driven.take(|effect| match effect {
            Effect::Store {
                work: StoreWork::Begin { expected, next },
                ..
            } => Some((expected.clone(), next.clone())),
            _ => None,
        })
    };
    assert_eq!(begins(&mut driven), None, "not at once");
    driven.pass(timing.retry_every);
    let (expected, second) = begins(&mut driven).expect("it tries again");
    assert_eq!((expected.stamp(), second), (stamp(5, 50), first));
}

#[test]
fn the_floor_is_raised_where_somebody_may_have_acted_on_what_the_record_does_not_have() {
    // What the gateway took part in, and the newest that it has heard of there.
    let lineage = || Lineage::up_to(stamp(3, 1)).followed_by(stamp(4, 40));
    for (heard, raised) in [
        (None, false),
        (Some((4, 40)), false),
        (Some((5, 50)), false),
        // The record went backwards.
        (Some((5, 51)), true),
        // Its epoch was on another copy of the store.
        (Some((2, 7)), true),
    ] {
        let mut driven = Driven::new(&gateway(1));
        if let Some((epoch, revision)) = heard {
            let newest = stamp(epoch, revision);
            let said = ack(newest, Stamp::ZERO, Changes::Since(Vec::new()));
            driven.acked(&record(&gateway(2), newest, Stamp::ZERO), said);
        }
        let found = LeaderRecord {
            lineage: lineage(),
            floor: stamp(3, 1),
            ..found()
        };
        let (_, next) = tries(&mut driven, &found);
        let floor = if raised { next.stamp() } else { found.floor };
        assert_eq!(next.floor, floor, "{heard:?}");
    }
}
