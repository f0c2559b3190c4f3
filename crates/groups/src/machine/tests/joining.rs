use std::time::Duration;

use super::acts::{INITIAL, JOINING, Joining, REBALANCE};
use super::play::Play;
use crate::calls::{GroupError, JoinAnswer};
use crate::machine::{Answer, Request};

#[test]
fn a_new_member_is_given_a_name_first_and_old_clients_are_not() {
    let mut play = Play::new();
    let name = play.name();
    assert!(name.starts_with("client-"), "{name}");
    let unnamed = play.join(Joining {
        version: 3,
        ..JOINING
    });
    play.pass(INITIAL);
    let joined = play.joined(unnamed).unwrap().unwrap();
    assert!(joined.member_id.starts_with("client-"));
    let stranger = play.join(Joining {
        member: "nobody",
        ..JOINING
    });
    assert_eq!(
        play.joined(stranger),
        Some(Err(GroupError::UnknownMemberId))
    );
}

#[test]
fn the_first_members_wait_for_each_other_and_longer_while_more_come() {
    let mut play = Play::new();
    let join = |play: &mut Play| {
        let member = &play.name();
        play.join(Joining { member, ..JOINING })
    };
    let first = join(&mut play);
    play.pass(INITIAL - Duration::from_secs(1));
    let second = join(&mut play);
    play.pass(Duration::from_secs(1));
    assert_eq!(play.joined(first), None, "another one came meanwhile");
    play.pass(INITIAL);
    let first = play.joined(first).unwrap().unwrap();
    let second = play.joined(second).unwrap().unwrap();
    assert_eq!((first.generation, second.generation), (1, 1));
    let told = first.members.len() + second.members.len();
    assert_eq!(
        told, 2,
        "the leader is told of both, and nobody else of any"
    );
}

#[test]
fn a_rebalance_waits_for_those_who_were_given_a_name() {
    let mut play = Play::new();
    let (a, b, _) = play.two();
    let c = play.name();
    let again = play.join(Joining {
        member: &a,
        ..JOINING
    });
    let too = play.join(Joining {
        member: &b,
        ..JOINING
    });
    assert_eq!((play.joined(again), play.joined(too)), (None, None));
    let new = play.join(Joining {
        member: &c,
        ..JOINING
    });
    let joined = [again, too, new].map(|call| play.joined(call).unwrap().unwrap().generation);
    assert_eq!(joined, [2, 2, 2]);
}

#[test]
fn a_name_that_nobody_comes_back_with_is_forgotten() {
    let mut play = Play::new();
    let (a, b, generation) = play.two();
    let c = play.name();
    for _ in 0..3 {
        play.pass(Duration::from_secs(4));
        play.beat(&a, generation).unwrap();
        play.beat(&b, generation).unwrap();
    }
    let late = play.join(Joining {
        member: &c,
        ..JOINING
    });
    assert_eq!(play.joined(late), Some(Err(GroupError::UnknownMemberId)));
}

#[test]
fn who_joins_again_unchanged_gets_its_place_but_a_leader_starts_over() {
    let mut play = Play::new();
    let (leader, other, generation) = play.two();
    let again = play.join(Joining {
        member: &other,
        ..JOINING
    });
    let joined = play.joined(again).unwrap().unwrap();
    assert_eq!((joined.generation, joined.members.len()), (generation, 0));
    assert_eq!(play.beat(&leader, generation), Ok(()));
    let anew = play.join(Joining {
        member: &leader,
        ..JOINING
    });
    assert_eq!(play.joined(anew), None);
    let told = play.beat(&other, generation);
    assert_eq!(told, Err(GroupError::RebalanceInProgress));
}

#[test]
fn before_it_has_synced_a_leader_that_missed_its_answer_gets_it_again() {
    let mut play = Play::new();
    let a = play.name();
    let first = play.join(Joining {
        member: &a,
        ..JOINING
    });
    play.pass(INITIAL);
    let joined = play.joined(first).unwrap();
    let again = play.join(Joining {
        member: &a,
        ..JOINING
    });
    assert_eq!(play.joined(again), Some(joined));
}

#[test]
fn who_changes_what_it_can_do_makes_everybody_join() {
    let mut play = Play::new();
    let (a, b, generation) = play.two();
    let protocols = &["range", "roundrobin"];
    let changed = play.join(Joining {
        member: &b,
        protocols,
        ..JOINING
    });
    assert_eq!(play.joined(changed), None);
    let told = play.beat(&a, generation);
    assert_eq!(told, Err(GroupError::RebalanceInProgress));
    let other = play.join(Joining {
        member: &a,
        ..JOINING
    });
    let protocol = play.joined(other).unwrap().unwrap().protocol;
    assert_eq!(protocol, "range", "the one that both have");
}

#[test]
fn who_does_not_join_again_in_time_is_left_out() {
    let mut play = Play::new();
    let (a, b, generation) = play.two();
    let again = play.join(Joining {
        member: &a,
        ..JOINING
    });
    let mut waited = Duration::ZERO;
    while waited < REBALANCE {
        assert_eq!(play.joined(again), None);
        let told = play.beat(&b, generation);
        assert_eq!(told, Err(GroupError::RebalanceInProgress));
        play.pass(Duration::from_secs(5));
        waited += Duration::from_secs(5);
    }
    let joined = play.joined(again).unwrap().unwrap();
    assert_eq!((joined.generation, joined.members.len()), (2, 1));
    assert_eq!(play.beat(&b, 2), Err(GroupError::UnknownMemberId));
}

#[test]
fn a_group_is_full_when_it_is_and_a_session_has_bounds() {
    let mut play = Play::new();
    for seconds in [0, 5, 1_801] {
        let session = Duration::from_secs(seconds);
        let call = play.join(Joining { session, ..JOINING });
        let refused = play.joined(call);
        assert_eq!(
            refused,
            Some(Err(GroupError::InvalidSessionTimeout)),
            "{seconds}"
        );
    }
    play.machine.config.bounds.members = 2;
    play.two();
    let third = play.join(JOINING);
    assert_eq!(
        play.joined(third),
        Some(Err(GroupError::GroupMaxSizeReached))
    );
}

#[test]
fn protocols_must_be_shared() {
    let mut play = Play::new();
    let none = play.join(Joining {
        protocols: &[],
        ..JOINING
    });
    let inconsistent = Some(Err(GroupError::InconsistentGroupProtocol));
    assert_eq!(play.joined(none), inconsistent);
    play.two();
    let other = play.join(Joining {
        protocols: &["x"],
        ..JOINING
    });
    assert_eq!(play.joined(other), inconsistent);
}

#[test]
fn the_last_to_leave_ends_the_generation() {
    let mut play = Play::new();
    let (a, b, _) = play.two();
    assert_eq!(play.leave("nobody", None), Err(GroupError::UnknownMemberId));
    assert_eq!(play.leave(&a, None), Ok(()));
    assert_eq!(play.leave(&b, None), Ok(()));
    let body = play.body.clone().unwrap();
    assert_eq!((body.generation, body.members.len()), (2, 0));
    // Who was given a name may go as well.
    let c = play.name();
    assert_eq!(play.leave(&c, None), Ok(()));
    let described = play.ask(Request::Describe);
    let Answer::Described(described) = described else {
        panic!("{described:?}")
    };
    assert_eq!(described.protocol_type, "consumer");
    let call = play.join(Joining {
        member: &c,
        ..JOINING
    });
    let gone = play.answer(call);
    assert_eq!(gone, Some(Answer::Join(Err(GroupError::UnknownMemberId))));
    let call = play.join(JOINING);
    let named = play.answer(call);
    assert!(matches!(
        named,
        Some(Answer::Join(Ok(JoinAnswer::MemberIdRequired(_))))
    ));
}
