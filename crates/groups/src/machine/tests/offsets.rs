use super::acts::{JOINING, Joining};
use super::play::Play;
use crate::calls::{CommitPartition, CommitTopic, Fetched, GroupError, OffsetCommit};
use crate::machine::{Answer, Request};

fn committed(
    play: &mut Play,
    member: &str,
    generation: i32,
    offset: i64,
) -> Result<(), GroupError> {
    let call = play.commit(member, generation, offset);
    match play.answer(call) {
        Some(Answer::Committed(Ok(refused))) => {
            assert!(refused.is_empty());
            Ok(())
        }
        Some(Answer::Committed(Err(error))) => Err(error),
        other => panic!("{other:?}"),
    }
}

fn offsets(play: &mut Play) -> Vec<Fetched> {
    let call = play.fetch();
    match play.answer(call) {
        Some(Answer::Fetched(fetched)) => fetched,
        other => panic!("{other:?}"),
    }
}

#[test]
fn everything_that_came_with_an_offset_is_told_again() {
    let mut play = Play::new();
    assert_eq!(committed(&mut play, "", -1, 7), Ok(()));
    let expected = Fetched {
        topic: "topic".to_owned(),
        partition: 0,
        offset: 7,
        leader_epoch: 3,
        metadata: "kept".to_owned(),
        error: None,
    };
    assert_eq!(offsets(&mut play), std::slice::from_ref(&expected));
    assert_eq!(offsets(&mut play.taken_over()), [expected]);
}

#[test]
fn who_may_commit() {
    let mut play = Play::new();
    let illegal = Err(GroupError::IllegalGeneration);
    assert_eq!(
        committed(&mut play, "x", 3, 7),
        illegal,
        "of a group that is gone"
    );
    assert_eq!(committed(&mut play, "", -1, 7), Ok(()));
    let unknown = Err(GroupError::UnknownMemberId);
    assert_eq!(committed(&mut play, "x", 3, 7), unknown);
    let (a, b, generation) = play.two();
    assert_eq!(committed(&mut play, &a, generation, 8), Ok(()));
    assert_eq!(committed(&mut play, &a, generation - 1, 9), illegal);
    assert_eq!(committed(&mut play, "x", generation, 9), unknown);
    assert_eq!(committed(&mut play, "", -1, 9), unknown, "it is no member");
    // While members join, what they have read so far is still theirs.
    let again = play.join(Joining {
        member: &a,
        ..JOINING
    });
    assert_eq!(committed(&mut play, &b, generation, 10), Ok(()));
    play.join(Joining {
        member: &b,
        ..JOINING
    });
    assert_eq!(play.joined(again).unwrap().unwrap().generation, 2);
    let rebalancing = Err(GroupError::RebalanceInProgress);
    assert_eq!(
        committed(&mut play, &b, 2, 11),
        rebalancing,
        "nothing is assigned yet"
    );
    assert_eq!(offsets(&mut play)[0].offset, 10);
}

#[test]
fn what_is_too_much_is_refused_beside_its_partition() {
    let mut play = Play::new();
    play.machine.config.bounds.offsets = 2;
    let long = "x".repeat(4_097);
    let partition = |partition, metadata| CommitPartition {
        partition,
        offset: 1,
        leader_epoch: -1,
        metadata,
    };
    let partitions = vec![
        partition(0, Some("")),
        partition(1, Some(&long)),
        partition(2, None),
        partition(3, None),
        partition(0, None),
    ];
    let request = OffsetCommit {
        generation: -1,
        member_id: "",
        group_instance_id: None,
        retention: None,
        topics: vec![CommitTopic {
            name: "topic",
            partitions,
        }],
    };
    let Answer::Committed(Ok(refused)) = play.ask(Request::Commit(&request)) else {
        panic!("it is taken")
    };
    let refused: Vec<_> = refused.iter().map(|it| (it.partition, it.error)).collect();
    let expected = [
        (1, GroupError::OffsetMetadataTooLarge),
        (3, GroupError::InvalidCommitOffsetSize),
    ];
    assert_eq!(refused, expected);
    assert_eq!(offsets(&mut play).len(), 2);
}
