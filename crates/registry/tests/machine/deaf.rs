//! What a leader makes of a gateway that hears nothing, and what such a gateway says.

use std::time::Duration;

use groupkeeper_registry::Config;
use groupkeeper_registry::machine::{Answer, Effect, Input};
use groupkeeper_registry::peer::{Changes, Heartbeat, PeerError};
use groupkeeper_types::Moment;

use crate::drive::{Driven, ack, addr, decision, gateway, heartbeat, record, stamp};

/// A leader whose other member is gateway 2, which has a group.
fn leader() -> Driven {
    let found = record(&gateway(3), stamp(1, 5), stamp(1, 5));
    let mut leader = Driven::leading(&gateway(1), &found, &[gateway(1), gateway(2)]);
    leader.list(&[decision("g", 2, stamp(1, 4))]);
    leader.write_all();
    leader
}

fn says(leader: &Driven, unanswered: Duration) -> Heartbeat {
    Heartbeat {
        unanswered,
        ..heartbeat(&gateway(2), 2, leader.machine.head().applied)
    }
}

fn is_member(leader: &Driven) -> bool {
    let members = &leader.machine.head().members.members;
    members.iter().any(|member| member.addr == addr(2))
}

#[test]
fn it_is_gone_a_whole_wait_after_the_last_answer_that_carried_a_lease() {
    let timing = Config::default().timing;
    let mut leader = leader();
    let mut leased = Moment::ZERO;
    let mut unanswered = Duration::ZERO;
    let begun = leader.now;
    while is_member(&leader) {
        let answer = leader.heartbeat(says(&leader, unanswered)).unwrap();
        if answer.lease > Duration::ZERO {
            assert!(unanswered < timing.lease, "it is leased for ever");
            leased = leader.now;
        }
        leader.pass_with_store(timing.heartbeat_every);
        unanswered += timing.heartbeat_every;
        assert!(
            leader.now < begun + Duration::from_secs(60),
            "it never goes"
        );
    }
    assert!(leased > begun, "not at the first that is lost");
    assert!(
        leader.now >= leased + timing.wait(),
        "an answer may get through"
    );
    assert!(leader.now < leased + timing.wait() + 2 * timing.heartbeat_every);
    // Nor does it come back by saying the same again.
    leader.pass_with_store(timing.heartbeat_every);
    let answer = leader.heartbeat(says(&leader, timing.lease)).unwrap();
    assert_eq!(answer.lease, Duration::ZERO);
    assert!(!is_member(&leader));
}

#[test]
fn one_that_hears_again_is_asked_at_once_and_leased_again() {
    let timing = Config::default().timing;
    let mut leader = leader();
    let lease = leader
        .heartbeat(says(&leader, Duration::ZERO))
        .unwrap()
        .lease;
    assert!(lease > Duration::ZERO);
    let answer = leader.heartbeat(says(&leader, timing.lease)).unwrap();
    assert_eq!(answer.lease, Duration::ZERO);
    assert!(
        answer
            .ask_again
            .is_some_and(|after| after < timing.round_trips)
    );
    // Which is also what one of an earlier version always says.
    let answer = leader.heartbeat(says(&leader, Duration::ZERO)).unwrap();
    assert_eq!(answer.lease, lease);
}

#[test]
fn one_that_was_silent_itself_is_leased_at_once() {
    let timing = Config::default().timing;
    let mut leader = leader();
    leader.heartbeat(says(&leader, Duration::ZERO)).unwrap();
    leader.pass_with_store(timing.lease - timing.round_trips);
    let silent = says(&leader, timing.lease);
    assert!(leader.heartbeat(silent).unwrap().lease > Duration::ZERO);
}

#[test]
fn another_process_at_the_address_does_not_speak_for_it() {
    let timing = Config::default().timing;
    let mut leader = leader();
    leader.heartbeat(says(&leader, Duration::ZERO)).unwrap();
    let other = Heartbeat {
        gateway: crate::drive::again(&gateway(2)),
        ..says(&leader, timing.lease)
    };
    let error = leader.heartbeat(other).unwrap_err();
    assert!(matches!(error, PeerError::Refused { .. }), "{error}");
}

#[test]
fn a_gateway_says_for_how_long_it_has_heard_nothing() {
    let found = record(&gateway(2), stamp(1, 5), stamp(1, 5));
    let mut follower = Driven::new(&gateway(1));
    let nothing = || Changes::Since(Vec::new());
    follower.acked(&found, ack(stamp(1, 5), stamp(0, 0), nothing()));
    let said = |follower: &mut Driven| loop {
        let sent = follower.take(|effect| match effect {
            Effect::Heartbeat { op, heartbeat, .. } => Some((*op, heartbeat.unanswered)),
            _ => None,
        });
        match sent {
            Some(sent) => return sent,
            None => follower.pass(Duration::from_millis(10)),
        }
    };
    let (first, unanswered) = said(&mut follower);
    assert_eq!(unanswered, Duration::ZERO);
    let sent = follower.now;
    follower.pass(Duration::from_millis(500));
    follower.lose(first);
    let (second, unanswered) = said(&mut follower);
    assert_eq!(unanswered, follower.now.since(sent));
    follower.lose(second);
    let (third, unanswered) = said(&mut follower);
    assert_eq!(unanswered, follower.now.since(sent));
    let heard = Answer::Acked(Ok(ack(stamp(1, 5), stamp(0, 0), nothing())));
    follower.step(Input::Answer {
        op: third,
        answer: heard,
    });
    assert_eq!(said(&mut follower).1, Duration::ZERO);
}
