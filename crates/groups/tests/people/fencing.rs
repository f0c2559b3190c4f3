//! Owners from before, and writes that come late.

use std::time::Duration;

use groupkeeper_groups::{Fault, GroupError, MemoryGroupStore};
use tokio::time::sleep;

use crate::people::Place;

#[tokio::test(start_paused = true)]
async fn a_gateway_of_an_older_decision_changes_nothing() {
    let store = MemoryGroupStore::new();
    let (old, new) = (Place::new(&store, 1), Place::new(&store, 2));
    assert_eq!(old.commit("", -1, 5, "").await, Ok(vec![]));
    let read = new.committed().await;
    assert_eq!(
        read,
        Ok(vec![5]),
        "to have read is enough to shut out the old"
    );
    let refused = Err(GroupError::NotCoordinator);
    assert_eq!(old.commit("", -1, 4, "").await, refused);
    assert_eq!(old.committed().await, Err(GroupError::NotCoordinator));
    assert_eq!(new.commit("", -1, 6, "").await, Ok(vec![]));
    assert_eq!(new.committed().await, Ok(vec![6]));
}

/// The first commit of a group hangs while nobody has written it, and the group moves meanwhile.
#[tokio::test(start_paused = true)]
async fn what_was_told_of_a_group_that_is_not_there_stays_true() {
    let store = MemoryGroupStore::new();
    let (old, new) = (Place::new(&store, 1), Place::new(&store, 2));
    // It is read before anything goes wrong.
    old.heartbeat("nobody", 1).await.unwrap_err();
    store.fail(Fault::Late);
    let ends = async {
        sleep(Duration::from_millis(1)).await;
        old.lease.end();
    };
    let (hung, ()) = tokio::join!(old.commit("", -1, 5, ""), ends);
    assert_eq!(hung, Err(GroupError::NotCoordinator));
    assert_eq!(new.committed().await, Ok(vec![]));
    assert_eq!(store.land_late(), 0, "it was told that there is no offset");
    assert_eq!(new.committed().await, Ok(vec![]));
}

/// A commit hangs on its way and is repeated on another; the first copy arrives after the next commit.
#[tokio::test(start_paused = true)]
async fn a_late_copy_of_an_owners_own_commit_moves_nothing_back() {
    let store = MemoryGroupStore::new();
    let place = Place::new(&store, 1);
    place.committed().await.unwrap();
    store.fail(Fault::Late);
    assert_eq!(place.commit("", -1, 5, "").await, Ok(vec![]));
    assert_eq!(place.commit("", -1, 6, "").await, Ok(vec![]));
    assert_eq!(store.land_late(), 0);
    assert_eq!(place.committed().await, Ok(vec![6]));
    assert_eq!(Place::new(&store, 2).committed().await, Ok(vec![6]));
}

/// The owner before writes after the new one has read, and before that has written.
#[tokio::test(start_paused = true)]
async fn a_last_write_of_the_owner_before_is_not_overlooked() {
    let store = MemoryGroupStore::new();
    let (old, new) = (Place::new(&store, 1), Place::new(&store, 2));
    assert_eq!(old.commit("", -1, 5, "").await, Ok(vec![]));
    new.heartbeat("nobody", 1).await.unwrap_err();
    assert_eq!(old.commit("", -1, 6, "").await, Ok(vec![]));
    let first = new.commit("", -1, 7, "").await;
    assert_eq!(first, Err(GroupError::CoordinatorLoadInProgress));
    assert_eq!(new.committed().await, Ok(vec![6]));
    let refused = old.commit("", -1, 8, "").await;
    assert_eq!(refused, Err(GroupError::NotCoordinator));
}

#[tokio::test(start_paused = true)]
async fn a_group_that_is_not_owned_any_more_is_dropped() {
    let store = MemoryGroupStore::new();
    let place = Place::new(&store, 1);
    assert_eq!(place.commit("", -1, 5, "").await, Ok(vec![]));
    assert_eq!(place.groups.loaded(), 1);
    place.lease.end();
    while place.groups.loaded() > 0 {
        sleep(Duration::from_millis(100)).await;
    }
    // One that was not used is dropped too, and found again.
    let place = place.again(2);
    assert_eq!(place.committed().await, Ok(vec![5]));
    while place.groups.loaded() > 0 {
        sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(place.committed().await, Ok(vec![5]));
}
