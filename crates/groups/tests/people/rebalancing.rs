use groupkeeper_groups::{GroupError, JoinAnswer, MemoryGroupStore};
use tokio::time::{Instant, sleep};

use crate::people::{Place, REBALANCE, SESSION};

fn place() -> Place {
    Place::new(&MemoryGroupStore::new(), 1)
}

/// Two members that work: their names, leader first, and the generation.
pub(crate) async fn two(place: &Place) -> (String, String, i32) {
    let (a, b) = (place.name().await, place.name().await);
    let first = place.join(&a).await.unwrap();
    assert_eq!(
        (first.leader.as_str(), first.members.len()),
        (a.as_str(), 1)
    );
    place
        .sync(&a, first.generation, &[(&a, "all")])
        .await
        .unwrap();
    let again = async {
        while place.heartbeat(&a, first.generation).await.is_ok() {
            sleep(SESSION / 10).await;
        }
        place.join(&a).await.unwrap()
    };
    let (joined, rejoined) = tokio::join!(place.join(&b), again);
    let generation = rejoined.generation;
    assert_eq!(joined.as_ref().map(|it| it.generation), Ok(generation));
    assert_eq!(
        (rejoined.leader.as_str(), rejoined.members.len()),
        (a.as_str(), 2)
    );
    assert!(
        joined.unwrap().members.is_empty(),
        "only the leader is told"
    );
    let given = [(a.as_str(), "one"), (b.as_str(), "two")];
    let (theirs, mine) = tokio::join!(
        place.sync(&b, generation, &[]),
        place.sync(&a, generation, &given)
    );
    assert_eq!((mine, theirs), (Ok("one".into()), Ok("two".into())));
    (a, b, generation)
}

#[tokio::test(start_paused = true)]
async fn members_join_share_and_leave() {
    let place = place();
    let (a, b, generation) = two(&place).await;
    assert_eq!(
        place.heartbeat(&b, generation - 1).await,
        Err(GroupError::IllegalGeneration)
    );
    assert_eq!(
        place.sync(&b, generation, &[]).await,
        Ok("two".into()),
        "asked again"
    );
    assert_eq!(place.leave(&a).await, Ok(()));
    assert_eq!(place.leave(&a).await, Err(GroupError::UnknownMemberId));
    assert_eq!(
        place.heartbeat(&b, generation).await,
        Err(GroupError::RebalanceInProgress)
    );
    let joined = place.join(&b).await.unwrap();
    assert_eq!((joined.generation, joined.leader), (generation + 1, b));
}

#[tokio::test(start_paused = true)]
async fn who_is_silent_is_gone_after_its_session() {
    let place = place();
    let (a, b, generation) = two(&place).await;
    let begun = Instant::now();
    while place.heartbeat(&b, generation).await.is_ok() {
        sleep(SESSION / 20).await;
    }
    let took = begun.elapsed();
    assert!(took >= SESSION && took < SESSION + SESSION / 10, "{took:?}");
    assert_eq!(place.join(&b).await.unwrap().leader, b);
    assert_eq!(
        place.heartbeat(&a, generation).await,
        Err(GroupError::UnknownMemberId)
    );
}

#[tokio::test(start_paused = true)]
async fn who_does_not_join_again_in_time_is_left_out() {
    let place = place();
    let (a, b, generation) = two(&place).await;
    // It heartbeats, and does not join.
    let lazy = async {
        let mut last = Ok(());
        while last != Err(GroupError::UnknownMemberId) {
            sleep(SESSION / 10).await;
            last = place.heartbeat(&a, generation).await;
        }
    };
    let begun = Instant::now();
    let c = place.name().await;
    // The new one first: what a member of a stable group says again changes nothing.
    let joins = async { tokio::join!(place.join(&c), place.join(&b)) };
    let ((c_joined, b_joined), ()) = tokio::join!(joins, lazy);
    assert!(begun.elapsed() >= REBALANCE);
    assert_eq!(b_joined.unwrap().generation, generation + 1);
    assert_eq!(c_joined.unwrap().generation, generation + 1);
}

#[tokio::test(start_paused = true)]
async fn a_leader_that_never_assigns_is_replaced() {
    let place = place();
    let (a, b, generation) = two(&place).await;
    place.leave(&a).await.unwrap();
    let c = place.name().await;
    let (c_joined, b_joined) = tokio::join!(place.join(&c), place.join(&b));
    let leader = b_joined.unwrap().leader;
    let other = if leader == b { &c } else { &b };
    assert_eq!(c_joined.unwrap().generation, generation + 1);
    let waited = place.sync(other, generation + 1, &[]).await;
    assert_eq!(waited, Err(GroupError::RebalanceInProgress));
    assert_eq!(place.join(other).await.unwrap().leader, *other);
}

#[tokio::test(start_paused = true)]
async fn protocols_must_be_shared_and_most_votes_win() {
    let place = place();
    let joined = |answer| match answer {
        Ok(JoinAnswer::Joined(joined)) => joined,
        other => panic!("{other:?}"),
    };
    let (a, b, c) = (place.name().await, place.name().await, place.name().await);
    let alone = joined(place.join_as(&a, None, &["x", "y", "z"]).await);
    assert_eq!(alone.protocol, "x");
    let (first, second, third) = tokio::join!(
        place.join_as(&b, None, &["z", "y"]),
        place.join_as(&c, None, &["z", "y"]),
        place.join_as(&a, None, &["x", "y", "z"]),
    );
    let protocols = [first, second, third].map(|answer| joined(answer).protocol);
    assert_eq!(protocols, ["z", "z", "z"]);
    let stranger = place.join_as("", None, &["w"]).await;
    assert_eq!(stranger, Err(GroupError::InconsistentGroupProtocol));
    assert_eq!(
        place.join("nobody").await,
        Err(GroupError::InconsistentGroupProtocol)
    );
    let nobody = place.join_as("nobody", None, &["z"]).await;
    assert_eq!(nobody, Err(GroupError::UnknownMemberId));
}

#[tokio::test(start_paused = true)]
async fn a_static_member_takes_the_place_of_the_process_before() {
    let place = place();
    let join = async |id: &str| match place.join_as(id, Some("desk-1"), &["range"]).await {
        Ok(JoinAnswer::Joined(joined)) => Ok(joined),
        Ok(other) => panic!("{other:?}"),
        Err(error) => Err(error),
    };
    let before = join("").await.unwrap();
    let after = join("").await.unwrap();
    assert_ne!(before.member_id, after.member_id);
    assert_eq!(after.members.len(), 1);
    assert_eq!(
        join(&before.member_id).await,
        Err(GroupError::FencedInstanceId)
    );
}
