//! A fleet that changes from one timing to another, gateway by gateway: nobody is moved, and nothing
//! owned twice, because a leader has another idea of how long a lease lasts.

use std::time::Duration;

use groupkeeper_assignment_store::{LeaderRecord, Leases};
use groupkeeper_registry::Config;
use groupkeeper_registry::Timing;
use groupkeeper_registry::machine::{BatchChange, Effect, StoreWork};
use groupkeeper_registry::peer::Changes;
use groupkeeper_types::{Moment, Stamp};

use crate::drive::{Driven, ack, decision, gateway, heartbeat, record, stamp};

/// The record of gateway 3, whose leases last as long as the reference's.
fn reference_s() -> LeaderRecord {
    let lease = Timing::reference().lease;
    LeaderRecord {
        leases: Some(Leases {
            given: lease,
            running: lease,
        }),
        ..record(&gateway(3), stamp(5, 50), stamp(5, 50))
    }
}

/// Time passes with gateway 2 alive; what is written, and when.
fn pass(leader: &mut Driven, span: Duration) -> Vec<(Moment, LeaderRecord, Vec<BatchChange>)> {
    let end = leader.now + span;
    let mut written = Vec::new();
    while leader.now < end {
        leader
            .heartbeat(heartbeat(&gateway(2), 6, Stamp::ZERO))
            .unwrap();
        for _ in 0..50 {
            leader.pass(Duration::from_millis(10));
            while let Some((op, batch)) = leader.take(|effect| match effect {
                Effect::Store {
                    op,
                    work: StoreWork::Commit(batch),
                } => Some((*op, Some(batch.clone()))),
                Effect::Store {
                    op,
                    work: StoreWork::Verify(_),
                } => Some((*op, None)),
                _ => None,
            }) {
                leader.written(op, Ok(()));
                let now = leader.now;
                written.extend(batch.map(|batch| (now, batch.next, batch.changes)));
            }
        }
    }
    written
}

#[test]
fn a_leader_waits_for_the_longer_leases_of_the_one_before_and_says_when_they_are_over() {
    let all = [gateway(1), gateway(2), gateway(3)];
    let mut leader = Driven::leading(&gateway(1), &reference_s(), &all);
    let begun = leader.now;
    // Gateway 3 is silent, and may be acting for 30 s yet.
    leader.list(&[decision("g", 3, stamp(5, 4))]);
    let written = pass(&mut leader, Duration::from_secs(40));
    let timing = Timing::default();
    let over = begun + timing.wait_for(Timing::reference().lease);
    for (at, record, changes) in &written {
        let leases = record.leases.expect("it says how long they are");
        assert_eq!(leases.given, timing.lease);
        let longest = if *at < over {
            Timing::reference().lease
        } else {
            timing.lease
        };
        assert_eq!(leases.running, longest, "at {at:?}");
        let gone = changes
            .iter()
            .any(|change| matches!(change, BatchChange::Dismiss(_)));
        assert!(
            !gone || *at >= over,
            "gateway 3 is taken for gone at {at:?}"
        );
    }
    let moved = written
        .iter()
        .find(|(_, record, _)| !record.failovers.is_empty());
    let (moved, ..) = moved.expect("its groups move");
    assert!(*moved >= over && *moved < over + Duration::from_secs(1));
    let (_, last, _) = written.last().expect("it writes");
    assert_eq!(last.leases.expect("as above").running, timing.lease);
}

#[test]
fn a_gateway_of_longer_spans_keeps_to_those_of_its_leader() {
    let config = Config {
        timing: Timing::reference(),
        ..Config::default()
    };
    let mut follower = Driven::with(&gateway(2), config);
    let default = Timing::default();
    let led = LeaderRecord {
        leases: Some(Leases {
            given: default.lease,
            running: Timing::reference().lease,
        }),
        ..record(&gateway(3), stamp(5, 50), stamp(5, 50))
    };
    let said = || ack(stamp(5, 50), stamp(5, 50), Changes::Since(Vec::new()));
    follower.acked(&led, said());
    let sent = follower.now;
    assert_eq!(follower.machine.head().fresh_until, sent + default.lease);
    follower.acked(&led, said());
    assert!(follower.now.since(sent) <= default.lease / 10 + Duration::from_millis(10));
}

#[test]
fn a_gateway_of_shorter_spans_keeps_its_own() {
    let mut follower = Driven::new(&gateway(2));
    let default = Timing::default();
    let said = || ack(stamp(5, 50), stamp(5, 50), Changes::Since(Vec::new()));
    follower.acked(&reference_s(), said());
    let sent = follower.now;
    assert_eq!(follower.machine.head().fresh_until, sent + default.lease);
    follower.acked(&reference_s(), said());
    let pause = follower.now.since(sent);
    assert!(pause <= default.heartbeat_every + Duration::from_millis(10));
}
