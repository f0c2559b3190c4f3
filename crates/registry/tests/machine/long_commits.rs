//! A commit that takes longer than leases last.

use std::time::Duration;

use groupkeeper_assignment_store::{LeaderRecord, WriteError};
use groupkeeper_registry::Config;
use groupkeeper_registry::machine::{Batch, Effect, OpId, StoreWork};
use groupkeeper_registry::peer::Role;
use groupkeeper_types::Moment;

use crate::drive::{Driven, decision, gateway, heartbeat, record, stamp};

/// A leader, and its commit that is under way.
fn committing() -> (Driven, OpId, Batch) {
    let found = record(&gateway(3), stamp(1, 5), stamp(1, 5));
    let mut leader = Driven::leading(&gateway(1), &found, &[gateway(1), gateway(2)]);
    leader.list(&[decision("g", 2, stamp(1, 4))]);
    let (op, batch) = leader
        .take(|effect| match effect {
            Effect::Store {
                op,
                work: StoreWork::Commit(batch),
            } => Some((*op, batch.clone())),
            _ => None,
        })
        .expect("it commits");
    (leader, op, batch)
}

fn verifies(leader: &mut Driven) -> Option<(OpId, LeaderRecord)> {
    leader.take(|effect| match effect {
        Effect::Store {
            op,
            work: StoreWork::Verify(record),
        } => Some((*op, record.clone())),
        _ => None,
    })
}

#[test]
fn its_record_is_verified_meanwhile_and_leases_count_from_that() {
    let timing = Config::default().timing;
    let (mut leader, op, batch) = committing();
    let mut sent = Moment::ZERO;
    for _ in 0..20 {
        leader.pass(timing.verify_every);
        let (verify, record) = verifies(&mut leader).expect("leases would end");
        assert_eq!(record, batch.expected);
        sent = leader.now;
        assert!(verifies(&mut leader).is_none(), "one at a time");
        leader.written(verify, Ok(()));
    }
    leader.pass(timing.round_trips);
    let applied = leader.machine.head().applied;
    let said = heartbeat(&gateway(2), 2, applied);
    let lease = leader.heartbeat(said.clone()).unwrap().lease;
    assert_eq!(leader.now + lease, sent + timing.lease);
    // An answer that does not come renews nothing.
    leader.pass(timing.lease);
    assert!(verifies(&mut leader).is_some());
    let lease = leader.heartbeat(said).unwrap().lease;
    assert_eq!(lease, Duration::ZERO);
    leader.written(op, Ok(()));
    assert_eq!(leader.machine.head().applied, batch.next.stamp());
}

#[test]
fn that_another_record_stands_may_be_its_own_doing() {
    let timing = Config::default().timing;
    let by_another = record(&gateway(2), stamp(3, 1), stamp(1, 5));
    let (_, _, batch) = committing();
    for (found, ends) in [
        (None, false),
        (Some(batch.next), false),
        (Some(by_another), true),
    ] {
        let (mut leader, op, batch) = committing();
        leader.pass(timing.verify_every);
        let (verify, _) = verifies(&mut leader).unwrap();
        let found = found.map(Box::new);
        leader.written(verify, Err(WriteError::Stale { found }));
        assert_eq!(leader.machine.head().role != Role::Leader, ends);
        if !ends {
            leader.written(op, Ok(()));
            assert_eq!(leader.machine.head().applied, batch.next.stamp());
        }
    }
}
