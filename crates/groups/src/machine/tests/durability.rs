use std::time::Duration;

use super::acts::{INITIAL, JOINING, Joining, REBALANCE, SESSION};
use super::play::Play;
use crate::calls::GroupError;
use crate::machine::Answer;

#[test]
fn an_answer_waits_for_the_write_that_has_it_and_for_no_other() {
    let mut play = Play::new();
    play.writes = false;
    let first = play.commit("", -1, 1);
    let body = play.machine.to_write().unwrap();
    assert_eq!(body.offsets[0].offset, 1);
    let second = play.commit("", -1, 2);
    assert!(play.machine.to_write().is_none(), "one write at a time");
    assert_eq!(play.answer(first), None);
    let answers = play.machine.written(groupkeeper_types::Moment::ZERO);
    assert_eq!(answers, [(first, Answer::Committed(Ok(Vec::new())))]);
    play.write();
    assert_eq!(play.answer(second), Some(Answer::Committed(Ok(Vec::new()))));
    assert_eq!(play.body.as_ref().unwrap().offsets[0].offset, 2);
}

#[test]
fn what_was_read_is_told_only_after_the_owner_before_is_shut_out() {
    let mut play = Play::new();
    play.commit("", -1, 1);
    let mut next = play.taken_over();
    next.writes = false;
    let fetched = next.fetch();
    assert_eq!(next.answer(fetched), None);
    assert!(next.machine.wants_to_write());
    next.write();
    assert!(matches!(next.answer(fetched), Some(Answer::Fetched(_))));
    let again = next.fetch();
    assert!(next.answer(again).is_some(), "once is enough");
    // A group that is not there is taken over like any other.
    let mut absent = Play::new();
    absent.writes = false;
    let fetched = absent.fetch();
    assert_eq!(absent.answer(fetched), None);
    absent.write();
    assert_eq!(absent.answer(fetched), Some(Answer::Fetched(Vec::new())));
}

#[test]
fn heartbeats_and_refusals_wait_for_nothing() {
    let mut play = Play::new();
    let (a, b, generation) = play.two();
    let mut next = play.taken_over();
    next.writes = false;
    assert_eq!(next.beat(&a, generation), Ok(()));
    assert_eq!(next.beat(&b, 9), Err(GroupError::IllegalGeneration));
    assert!(
        !next.machine.wants_to_write(),
        "ten thousand groups move, and none is written"
    );
}

#[test]
fn a_generation_is_written_before_its_members_hear_of_it() {
    let mut play = Play::new();
    let a = play.name();
    play.writes = false;
    let joins = play.join(Joining {
        member: &a,
        ..JOINING
    });
    play.pass(INITIAL);
    assert_eq!(play.joined(joins), None);
    // The store is slow: who waits for it is not silent.
    play.jump(SESSION * 3);
    assert_eq!(play.beat("nobody", 1), Err(GroupError::UnknownMemberId));
    play.write();
    assert_eq!(play.joined(joins).unwrap().unwrap().generation, 1);
    assert_eq!(play.beat(&a, 1), Ok(()));
    let mut next = play.taken_over();
    assert_eq!(
        next.beat(&a, 1),
        Ok(()),
        "the next owner knows the generation"
    );
}

#[test]
fn a_store_that_was_slow_for_longer_than_a_rebalance_throws_nobody_out() {
    let mut play = Play::new();
    let a = play.name();
    play.writes = false;
    let joins = play.join(Joining {
        member: &a,
        ..JOINING
    });
    play.pass(INITIAL);
    assert_eq!(play.joined(joins), None);
    // Nobody ticks meanwhile: the runner waits for the store.
    let slow = REBALANCE + Duration::from_secs(5);
    play.jump(slow);
    play.write();
    play.pass(Duration::from_secs(1));
    assert_eq!(play.beat(&a, 1), Ok(()));
}

#[test]
fn who_left_is_gone_at_the_next_owner_and_its_share_is_given_out() {
    let mut play = Play::new();
    let (a, b, generation) = play.two();
    assert_eq!(play.leave(&b, None), Ok(()));
    let mut next = play.taken_over();
    let told = next.beat(&a, generation);
    assert_eq!(told, Err(GroupError::RebalanceInProgress));
    let again = next.join(Joining {
        member: &a,
        ..JOINING
    });
    assert_eq!(next.joined(again).unwrap().unwrap().generation, 2);
}
