//! Nothing is answered that is not stored.

use groupkeeper_groups::{Fault, GroupError, GroupStore as _, MemoryGroupStore};
use groupkeeper_types::GroupName;

use crate::people::Place;
use crate::rebalancing::two;

fn group() -> GroupName {
    GroupName::new("group").unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_commit_is_answered_when_it_is_stored_and_only_then() {
    let store = MemoryGroupStore::new();
    let place = Place::new(&store, 1);
    place.committed().await.unwrap();
    for _ in 0..3 {
        store.fail(Fault::Unreachable);
    }
    assert_eq!(place.commit("", -1, 5, "").await, Ok(vec![]));
    let record = store.load(&group()).await.unwrap().unwrap();
    assert_eq!(record.body.offsets[0].offset, 5);
    store.fail(Fault::AnswerLost);
    assert_eq!(place.commit("", -1, 6, "").await, Ok(vec![]));
    let after = store.load(&group()).await.unwrap().unwrap();
    assert_eq!(after.body.offsets[0].offset, 6);
    assert_eq!(
        after.head.sequence,
        record.head.sequence + 1,
        "the same write, twice"
    );
}

#[tokio::test(start_paused = true)]
async fn a_generation_is_stored_before_anybody_hears_of_it() {
    let store = MemoryGroupStore::new();
    let place = Place::new(&store, 1);
    let (a, _, generation) = two(&place).await;
    let record = store.load(&group()).await.unwrap().unwrap().body;
    assert_eq!((record.generation, record.leader), (generation, a));
    let assigned: Vec<_> = record
        .members
        .iter()
        .map(|it| it.assignment.clone())
        .collect();
    let mut assigned: Vec<_> = assigned
        .iter()
        .map(|it| std::str::from_utf8(it).unwrap())
        .collect();
    assigned.sort_unstable();
    assert_eq!(assigned, ["one", "two"]);
}

#[tokio::test(start_paused = true)]
async fn commits_that_come_together_are_written_together() {
    let store = MemoryGroupStore::new();
    let place = Place::new(&store, 1);
    place.committed().await.unwrap();
    let before = store.load(&group()).await.unwrap().unwrap().head.sequence;
    store.fail(Fault::Unreachable);
    let commits = tokio::join!(
        place.commit("", -1, 1, ""),
        place.commit("", -1, 2, ""),
        place.commit("", -1, 3, ""),
        place.commit("", -1, 4, ""),
    );
    assert_eq!(commits, (Ok(vec![]), Ok(vec![]), Ok(vec![]), Ok(vec![])));
    let record = store.load(&group()).await.unwrap().unwrap();
    assert_eq!(record.body.offsets[0].offset, 4);
    assert!(record.head.sequence <= before + 2, "{}", record.head);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_cannot_be_read_is_not_an_empty_one() {
    let store = MemoryGroupStore::new();
    Place::new(&store, 1).commit("", -1, 5, "").await.unwrap();
    let place = Place::new(&store, 2);
    store.fail(Fault::Unreachable);
    let refused = place.committed().await;
    assert_eq!(refused, Err(GroupError::CoordinatorLoadInProgress));
    assert_eq!(place.committed().await, Ok(vec![5]));
    store.spoil(&group());
    let place = Place::new(&store, 3);
    let refused = place.committed().await;
    assert_eq!(refused, Err(GroupError::CoordinatorNotAvailable));
}

#[tokio::test(start_paused = true)]
async fn heartbeats_are_answered_from_the_record_before_anything_is_written() {
    let store = MemoryGroupStore::new();
    let (a, b, generation) = two(&Place::new(&store, 1)).await;
    let place = Place::new(&store, 2);
    assert_eq!(place.heartbeat(&a, generation).await, Ok(()));
    let before = store.load(&group()).await.unwrap().unwrap();
    assert_eq!(place.heartbeat(&b, generation).await, Ok(()));
    assert_eq!(store.load(&group()).await.unwrap().unwrap(), before);
}
