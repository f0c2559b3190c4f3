//! From one owner to the next, with members that stay.

use std::time::Duration;

use groupkeeper_groups::{
    GroupCoordinator as _, GroupError, GroupState, JoinAnswer, MemoryGroupStore,
};
use tokio::time::sleep;

use crate::people::{Place, SESSION};
use crate::rebalancing::two;

#[tokio::test(start_paused = true)]
async fn members_keep_their_names_generation_and_assignments() {
    let store = MemoryGroupStore::new();
    let (a, b, generation) = two(&Place::new(&store, 1)).await;
    let place = Place::new(&store, 2);
    for member in [&a, &b] {
        assert_eq!(place.heartbeat(member, generation).await, Ok(()));
    }
    assert_eq!(place.sync(&a, generation, &[]).await, Ok("one".into()));
    assert_eq!(place.sync(&b, generation, &[]).await, Ok("two".into()));
    assert_eq!(place.commit(&b, generation, 7, "").await, Ok(vec![]));
    // A client that joins again whenever its coordinator changes gets its place back.
    let joined = place.join(&b).await.unwrap();
    assert_eq!((joined.generation, &joined.leader), (generation, &a));
    assert_eq!(place.heartbeat(&a, generation).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_move_there_and_back_is_no_rebalance() {
    let store = MemoryGroupStore::new();
    let (one, other) = (Place::new(&store, 1), Place::new(&store, 2));
    let (a, b, generation) = two(&one).await;
    assert_eq!(other.commit(&a, generation, 7, "").await, Ok(vec![]));
    let back = one.again(3);
    assert_eq!(back.committed().await, Ok(vec![7]));
    assert_eq!(back.heartbeat(&b, generation).await, Ok(()));
    let refused = other.heartbeat(&b, generation).await;
    // It has not heard yet that it is not the owner any more; its listener has.
    assert_eq!(refused, Ok(()));
    assert_eq!(
        other.commit(&b, generation, 6, "").await,
        Err(GroupError::NotCoordinator)
    );
}

#[tokio::test(start_paused = true)]
async fn who_died_meanwhile_is_found_by_its_session() {
    let store = MemoryGroupStore::new();
    let (a, b, generation) = two(&Place::new(&store, 1)).await;
    // Longer than a session, in which nobody served the group.
    sleep(SESSION * 3).await;
    let place = Place::new(&store, 2);
    let mut beats = 0;
    while place.heartbeat(&b, generation).await.is_ok() {
        beats += 1;
        sleep(SESSION / 10).await;
    }
    assert!(
        beats >= 9,
        "a fresh session for everybody, not {beats} beats"
    );
    assert_eq!(place.join(&b).await.unwrap().leader, b);
    let gone = place.heartbeat(&a, generation).await;
    assert_eq!(gone, Err(GroupError::UnknownMemberId));
}

#[tokio::test(start_paused = true)]
async fn a_group_whose_leader_was_to_assign_goes_on_with_that() {
    let store = MemoryGroupStore::new();
    let old = Place::new(&store, 1);
    let a = old.name().await;
    let generation = old.join(&a).await.unwrap().generation;
    let place = Place::new(&store, 2);
    assert_eq!(place.heartbeat(&a, generation).await, Ok(()));
    let synced = place.sync(&a, generation, &[(&a, "all")]).await;
    assert_eq!(synced, Ok("all".into()));
}

#[tokio::test(start_paused = true)]
async fn who_left_is_not_a_member_at_the_next_owner() {
    let store = MemoryGroupStore::new();
    let old = Place::new(&store, 1);
    let (a, b, generation) = two(&old).await;
    assert_eq!(old.leave(&b).await, Ok(()));
    let place = Place::new(&store, 2);
    let told = place.heartbeat(&a, generation).await;
    assert_eq!(
        told,
        Err(GroupError::RebalanceInProgress),
        "its share is free"
    );
    let gone = place.heartbeat(&b, generation).await;
    assert_eq!(gone, Err(GroupError::UnknownMemberId));
    let joined = place.join(&a).await.unwrap();
    assert_eq!(
        (joined.generation, joined.members.len()),
        (generation + 1, 1)
    );
}

/// A member that waits when the group goes and comes back under a newer decision.
#[tokio::test(start_paused = true)]
async fn who_waits_hears_of_the_newer_decision() {
    let store = MemoryGroupStore::new();
    let old = Place::new(&store, 1);
    let (first, second) = (old.name().await, old.name().await);
    let generation = old.join(&first).await.unwrap().generation;
    old.sync(&first, generation, &[]).await.unwrap();
    let waits = old.join(&second);
    let newer = async {
        sleep(Duration::from_millis(10)).await;
        let new = old.again(2);
        new.heartbeat(&first, generation).await
    };
    let (waited, newer) = tokio::join!(waits, newer);
    assert_eq!(waited, Err(GroupError::NotCoordinator));
    assert_eq!(newer, Ok(()), "and the other goes on where it was");
}

#[tokio::test(start_paused = true)]
async fn a_static_member_keeps_its_place_over_a_failover_and_a_restart() {
    let store = MemoryGroupStore::new();
    let old = Place::new(&store, 1);
    let join = async |place: &Place| match place.join_as("", Some("desk"), &["range"]).await {
        Ok(JoinAnswer::Joined(joined)) => joined,
        other => panic!("{other:?}"),
    };
    let before = join(&old).await;
    let given = [(before.member_id.as_str(), "all")];
    let synced = old.sync_as(&before.member_id, Some("desk"), before.generation, &given);
    assert_eq!(synced.await, Ok("all".into()));
    let place = Place::new(&store, 2);
    let after = join(&place).await;
    assert_eq!(after.generation, before.generation);
    assert!(after.skip_assignment, "it leads, and nothing has changed");
    let synced = place.sync_as(&after.member_id, Some("desk"), after.generation, &[]);
    assert_eq!(synced.await, Ok("all".into()));
    let fenced = place.sync_as(&before.member_id, Some("desk"), before.generation, &[]);
    assert_eq!(fenced.await, Err(GroupError::FencedInstanceId));
    let described = place.groups.describe_group(place.call()).await.unwrap();
    assert_eq!(described.state, GroupState::Stable);
}
