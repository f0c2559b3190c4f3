//! A follower goes by its session's leader, and by no lease that is over.

use std::time::Duration;

use groupkeeper_registry::Config;
use groupkeeper_registry::machine::{Answer, Effect, Input};
use groupkeeper_registry::peer::{Ack, Changes, Found, Resigned, Revokes};
use groupkeeper_types::Epoch;

use crate::drive::{Driven, ack, decision, gateway, record, stamp};

#[test]
fn what_was_held_under_a_lease_that_is_over_is_not_held_under_the_next() {
    let leader = record(&gateway(2), stamp(1, 5), stamp(1, 5));
    let mut follower = Driven::new(&gateway(1));
    let given = decision("g", 1, stamp(1, 5));
    let news = Changes::Since(vec![given.clone().into()]);
    follower.acked(&leader, ack(stamp(1, 5), stamp(0, 0), news));
    let owned = follower.machine.owns(&given.group, follower.now);
    assert_eq!(owned, Some(given.stamp));
    // For longer than its lease it hears nothing, and has missed more than the leader remembers.
    follower.pass(Duration::from_secs(10));
    let unheard = follower.take(|effect| match effect {
        Effect::Heartbeat { op, .. } => Some(*op),
        _ => None,
    });
    follower.lose(unheard.expect("it tried"));
    follower.acked(&leader, ack(stamp(1, 900), stamp(0, 0), Changes::Reset));
    let new = decision("new", 1, stamp(1, 901));
    let news = Changes::Since(vec![new.clone().into()]);
    follower.acked(&leader, ack(stamp(1, 901), stamp(0, 0), news));
    let owned: Vec<_> = follower.machine.owned(follower.now).collect();
    assert_eq!(owned, [(&new.group, new.stamp)]);
}

#[test]
fn what_was_held_is_kept_through_a_reset_while_the_lease_lasts() {
    let leader = record(&gateway(2), stamp(1, 5), stamp(1, 5));
    let mut follower = Driven::new(&gateway(1));
    let given = decision("g", 1, stamp(1, 5));
    let news = Changes::Since(vec![given.clone().into()]);
    follower.acked(&leader, ack(stamp(1, 5), stamp(0, 0), news));
    follower.acked(&leader, ack(stamp(1, 900), stamp(0, 0), Changes::Reset));
    let owned = follower.machine.owns(&given.group, follower.now);
    assert_eq!(owned, Some(given.stamp));
}

#[test]
fn an_answer_of_another_epoch_than_the_session_s_is_not_cached() {
    // The new leader has not settled what it inherited, so nobody is further than that.
    let leader = record(&gateway(2), stamp(2, 8), stamp(1, 5));
    let mut follower = Driven::new(&gateway(1));
    let ack = Ack {
        stamp: stamp(1, 5),
        ..ack(stamp(2, 8), stamp(1, 5), Changes::Since(Vec::new()))
    };
    follower.acked(&leader, ack);
    let mut learn = |found: Found| {
        let told = Effect::Learn(found.decision.clone());
        follower.step(Input::Learned(found));
        follower.has(&told)
    };
    // The leader before it told of a commit that the store has lost since.
    let old = Found {
        decision: decision("g", 3, stamp(1, 7)),
        as_of: stamp(1, 7),
    };
    assert!(!learn(old));
    let new = Found {
        decision: decision("g", 2, stamp(2, 9)),
        as_of: stamp(2, 9),
    };
    assert!(learn(new));
}

#[test]
fn last_words_give_what_an_acknowledgement_would_have_given() {
    let leader = record(&gateway(2), stamp(1, 5), stamp(1, 5));
    let given = decision("g", 1, stamp(1, 6));
    let of = |epoch, after| Resigned {
        after,
        stamp: stamp(1, 7),
        news: [given.clone().into()].into(),
        ..Resigned::silent(Epoch::new(epoch))
    };
    let owned_after = |resigned| {
        let mut follower = Driven::new(&gateway(1));
        let nothing = Changes::Since(Vec::new());
        follower.acked(&leader, ack(stamp(1, 5), stamp(0, 0), nothing));
        follower.step(Input::Resigned(resigned));
        follower.machine.owns(&given.group, follower.now)
    };
    assert_eq!(owned_after(of(1, stamp(1, 4))), Some(given.stamp));
    assert_eq!(owned_after(of(1, stamp(1, 6))), None, "it missed some");
    assert_eq!(
        owned_after(of(2, stamp(1, 4))),
        None,
        "of no session of its"
    );
}

#[test]
fn what_a_leader_said_before_its_last_words_is_not_heard_after_them() {
    let leader = record(&gateway(2), stamp(1, 5), stamp(1, 5));
    let config = Config {
        cached_groups: 1,
        ..Config::default()
    };
    let mut follower = Driven::with(&gateway(1), config);
    let nothing = Changes::Since(Vec::new());
    follower.acked(&leader, ack(stamp(1, 5), stamp(0, 0), nothing));
    follower.pass(Duration::from_millis(600));
    let heartbeat = follower.take(|effect| match effect {
        Effect::Heartbeat { op, .. } => Some(*op),
        _ => None,
    });
    let mine = decision("g", 1, stamp(1, 6));
    let theirs = decision("g", 3, stamp(1, 7));
    let other = decision("h", 3, stamp(1, 7));
    follower.step(Input::Resigned(Resigned {
        after: stamp(1, 5),
        stamp: stamp(1, 7),
        // There is no room to remember the first for.
        news: [mine.clone().into(), theirs.into(), other.into()].into(),
        ..Resigned::silent(Epoch::new(1))
    }));
    let late = ack(
        stamp(1, 6),
        stamp(0, 0),
        Changes::Since(vec![mine.clone().into()]),
    );
    follower.step(Input::Answer {
        op: heartbeat.expect("it is due"),
        answer: Answer::Acked(Ok(late)),
    });
    assert_eq!(follower.machine.owns(&mine.group, follower.now), None);
}

#[test]
fn what_is_revoked_is_given_up_and_that_is_said_at_once() {
    let leader = record(&gateway(2), stamp(1, 5), stamp(1, 5));
    let mut follower = Driven::new(&gateway(1));
    let given = decision("g", 1, stamp(1, 5));
    let news = Changes::Since(vec![given.clone().into()]);
    follower.acked(&leader, ack(stamp(1, 5), stamp(0, 0), news));
    let nothing = Changes::Since(Vec::new());
    let said = Ack {
        revokes: Revokes {
            number: 4,
            groups: vec![(given.group.clone(), given.stamp)],
        },
        ..ack(stamp(1, 5), stamp(0, 0), nothing)
    };
    follower.acked(&leader, said);
    assert_eq!(follower.machine.owns(&given.group, follower.now), None);
    assert!(follower.has(&Effect::Release(given.group.clone())));
    let answer = follower.take(|effect| match effect {
        Effect::Heartbeat { heartbeat, .. } => Some(heartbeat.clone()),
        _ => None,
    });
    let answer = answer.expect("the leader waits for it");
    assert_eq!(answer.revokes_heard, 4);
    assert_eq!(answer.given_up, [(given.group, given.stamp)]);
}
