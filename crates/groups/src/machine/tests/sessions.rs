use std::time::Duration;

use super::acts::{INITIAL, JOINING, Joining, REBALANCE, SESSION};
use super::play::Play;
use crate::calls::GroupError;

#[test]
fn who_is_silent_is_gone_when_its_session_is_over_and_not_before() {
    let mut play = Play::new();
    let (a, b, generation) = play.two();
    play.pass(SESSION / 2);
    assert_eq!(play.beat(&b, generation), Ok(()));
    play.pass(SESSION / 2 - Duration::from_millis(1));
    assert_eq!(play.beat(&b, generation), Ok(()));
    play.pass(Duration::from_millis(1));
    let told = play.beat(&b, generation);
    assert_eq!(told, Err(GroupError::RebalanceInProgress));
    assert_eq!(play.beat(&a, generation), Err(GroupError::UnknownMemberId));
}

#[test]
fn who_waits_for_others_is_not_silent() {
    let mut play = Play::new();
    let (a, b, generation) = play.two();
    let again = play.join(Joining {
        member: &a,
        ..JOINING
    });
    for _ in 0..4 {
        play.pass(SESSION / 2);
        let told = play.beat(&b, generation);
        assert_eq!(told, Err(GroupError::RebalanceInProgress));
    }
    assert_eq!(play.joined(again), None);
    let other = play.join(Joining {
        member: &b,
        ..JOINING
    });
    assert_eq!(play.joined(again).unwrap().unwrap().generation, 2);
    // The leader waits for the members' clients, and they for its assignments.
    assert_eq!(play.joined(other).unwrap().unwrap().leader, a);
    let waiting = play.sync(&b, 2, &[]);
    for _ in 0..4 {
        play.pass(SESSION / 2);
        assert_eq!(play.beat(&a, 2), Ok(()), "while it assigns");
    }
    assert_eq!(play.synced(waiting), None);
    let mine = play.sync(&a, 2, &[(&b, "all")]);
    assert_eq!(
        play.synced(mine),
        Some(Ok(String::new())),
        "the leader gave itself nothing"
    );
    assert_eq!(play.synced(waiting), Some(Ok("all".to_owned())));
}

#[test]
fn who_never_asks_for_its_assignment_is_out_though_it_heartbeats() {
    let mut play = Play::new();
    let a = play.name();
    let b = play.name();
    let first = play.join(Joining {
        member: &a,
        ..JOINING
    });
    let second = play.join(Joining {
        member: &b,
        ..JOINING
    });
    play.pass(INITIAL * 3);
    let leader = play.joined(first).unwrap().unwrap().leader;
    play.joined(second).unwrap().unwrap();
    let other = if leader == a { b } else { a };
    let synced = play.sync(&leader, 1, &[]);
    assert_eq!(play.synced(synced), Some(Ok(String::new())));
    let mut beats = 0;
    while play.beat(&leader, 1).is_ok() {
        assert_eq!(play.beat(&other, 1), Ok(()));
        play.pass(REBALANCE / 12);
        beats += 1;
    }
    assert!(
        beats >= 10,
        "it has the time of a rebalance, not {beats} beats"
    );
    let told = play.beat(&leader, 1);
    assert_eq!(told, Err(GroupError::RebalanceInProgress));
    assert_eq!(play.beat(&other, 1), Err(GroupError::UnknownMemberId));
}

#[test]
fn a_client_that_never_hears_its_name_is_not_waited_for_for_ever() {
    let mut play = Play::new();
    let (a, b, generation) = play.two();
    let lost = play.join(Joining {
        version: 3,
        ..JOINING
    });
    let mut waited = Duration::ZERO;
    // Its JoinGroup waits, and so do the others: nobody is out before the rebalance is over.
    while waited < REBALANCE - Duration::from_secs(5) {
        play.pass(Duration::from_secs(5));
        waited += Duration::from_secs(5);
        for member in [&a, &b] {
            let told = play.beat(member, generation);
            assert_eq!(told, Err(GroupError::RebalanceInProgress));
        }
    }
    for member in [&a, &b] {
        play.join(Joining { member, ..JOINING });
    }
    let lost = play.joined(lost).unwrap().unwrap();
    assert_eq!(lost.generation, 2);
    // From now on it has a session like everybody.
    play.pass(SESSION);
    assert_eq!(
        play.beat(&lost.member_id, 2),
        Err(GroupError::UnknownMemberId)
    );
}

#[test]
fn a_heartbeat_of_another_generation_is_told_so() {
    let mut play = Play::new();
    let (a, _, generation) = play.two();
    for other in [-1, 0, generation + 1] {
        assert_eq!(play.beat(&a, other), Err(GroupError::IllegalGeneration));
    }
    let sync = play.sync(&a, generation + 1, &[]);
    assert_eq!(play.synced(sync), Some(Err(GroupError::IllegalGeneration)));
}
