//! What administrators ask.

use groupkeeper_groups::{
    FetchTopic, GroupCoordinator as _, GroupError, GroupState, MemoryGroupStore, NotCommitted,
};

use crate::people::Place;

async fn state(place: &Place) -> GroupState {
    let described = place.groups.describe_group(place.call()).await;
    described.unwrap().state
}

#[tokio::test(start_paused = true)]
async fn offsets_have_limits_and_a_group_shows_what_it_is() {
    let place = Place::new(&MemoryGroupStore::new(), 1);
    assert_eq!(state(&place).await, GroupState::Dead);
    let long = "x".repeat(5000);
    let refused = place.commit("", -1, 5, &long).await;
    assert_eq!(refused, Ok(vec![GroupError::OffsetMetadataTooLarge]));
    assert_eq!(place.committed().await, Ok(vec![]));
    assert_eq!(place.commit("", -1, 5, "").await, Ok(vec![]));
    assert_eq!(state(&place).await, GroupState::Empty);
    let name = place.name().await;
    let generation = place.join(&name).await.unwrap().generation;
    assert_eq!(state(&place).await, GroupState::CompletingRebalance);
    assert_eq!(
        place.commit(&name, generation, 6, "").await,
        Err(GroupError::RebalanceInProgress)
    );
    place.sync(&name, generation, &[]).await.unwrap();
    assert_eq!(state(&place).await, GroupState::Stable);
    // A client that is no member can't disturb those who are.
    assert_eq!(
        place.commit("", -1, 1, "").await,
        Err(GroupError::UnknownMemberId)
    );
    assert_eq!(
        place.commit(&name, 99, 1, "").await,
        Err(GroupError::IllegalGeneration)
    );
    assert_eq!(place.commit(&name, generation, 6, "").await, Ok(vec![]));
    assert_eq!(place.committed().await, Ok(vec![6]));
}

#[tokio::test(start_paused = true)]
async fn a_group_is_deleted_when_nobody_is_in_it_and_stays_deleted() {
    let store = MemoryGroupStore::new();
    let place = Place::new(&store, 1);
    let delete = async |place: &Place| place.groups.delete_group(place.call()).await;
    assert_eq!(delete(&place).await, Err(GroupError::GroupIdNotFound));
    place.commit("", -1, 5, "").await.unwrap();
    let name = place.name().await;
    place.join(&name).await.unwrap();
    assert_eq!(delete(&place).await, Err(GroupError::NonEmptyGroup));
    assert_eq!(place.leave(&name).await, Ok(()));
    assert_eq!(delete(&place).await, Ok(()));
    assert_eq!(place.committed().await, Ok(vec![]));
    let place = Place::new(&store, 2);
    assert_eq!(state(&place).await, GroupState::Dead);
    assert_eq!(delete(&place).await, Err(GroupError::GroupIdNotFound));
}

#[tokio::test(start_paused = true)]
async fn offsets_are_deleted_but_of_topics_that_members_read() {
    let place = Place::new(&MemoryGroupStore::new(), 1);
    place.commit("", -1, 5, "").await.unwrap();
    let topics = [FetchTopic {
        name: "topic",
        partitions: vec![0, 1],
    }];
    let delete = async || place.groups.delete_offsets(place.call(), &topics).await;
    let name = place.name().await;
    // The topic, as a consumer says that it reads it.
    let reads = "\0\u{1}\0\0\0\u{1}\0\u{5}topic";
    place.join_with(&name, reads.as_bytes()).await.unwrap();
    let kept = |partition| NotCommitted {
        topic: "topic".to_owned(),
        partition,
        error: GroupError::GroupSubscribedToTopic,
    };
    assert_eq!(delete().await, Ok(vec![kept(0), kept(1)]));
    assert_eq!(place.leave(&name).await, Ok(()));
    assert_eq!(delete().await, Ok(vec![]));
    assert_eq!(place.committed().await, Ok(vec![]));
}

#[tokio::test(start_paused = true)]
async fn groups_are_listed_as_they_stand_now() {
    let place = Place::new(&MemoryGroupStore::new(), 1);
    let name = place.name().await;
    let generation = place.join(&name).await.unwrap().generation;
    place.sync(&name, generation, &[]).await.unwrap();
    let listed = place.groups.list_groups().await.unwrap();
    let listed: Vec<_> = listed
        .iter()
        .map(|it| (it.group.as_str(), it.state))
        .collect();
    assert_eq!(listed, [("group", GroupState::Stable)]);
}
