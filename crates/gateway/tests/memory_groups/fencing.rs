use std::sync::Arc;

use groupkeeper_gateway::{GroupCoordinator as _, GroupError, GroupState, MemoryOffsets};

use crate::people::Place;

#[tokio::test(start_paused = true)]
async fn a_gateway_of_an_older_decision_changes_nothing() {
    let offsets = Arc::new(MemoryOffsets::default());
    let (old, new) = (Place::new(&offsets, 1), Place::new(&offsets, 2));
    assert_eq!(old.commit("", -1, 5, "").await, Ok(vec![]));
    assert_eq!(
        new.committed().await,
        Ok(vec![5]),
        "to have read is enough to shut out the old"
    );
    assert_eq!(
        old.commit("", -1, 4, "").await,
        Err(GroupError::NotCoordinator)
    );
    assert_eq!(old.committed().await, Err(GroupError::NotCoordinator));
    assert_eq!(new.commit("", -1, 6, "").await, Ok(vec![]));
    assert_eq!(new.committed().await, Ok(vec![6]));
}

#[tokio::test(start_paused = true)]
async fn members_of_an_older_decision_are_strangers() {
    let offsets = Arc::new(MemoryOffsets::default());
    let old = Place::new(&offsets, 1);
    let name = old.name().await;
    let joined = old.join(&name).await.unwrap();
    let new = old.again(2);
    assert_eq!(
        new.heartbeat(&name, joined.generation).await,
        Err(GroupError::UnknownMemberId)
    );
    assert_eq!(
        old.heartbeat(&name, joined.generation).await,
        Err(GroupError::NotCoordinator)
    );
}

/// A member that waits when the group goes and comes back under a newer decision.
#[tokio::test(start_paused = true)]
async fn who_waits_hears_of_the_newer_decision() {
    let offsets = Arc::new(MemoryOffsets::default());
    let old = Place::new(&offsets, 1);
    let (first, second) = (old.name().await, old.name().await);
    let generation = old.join(&first).await.unwrap().generation;
    old.sync(&first, generation, &[]).await.unwrap();
    let waits = old.join(&second);
    let newer = async {
        tokio::task::yield_now().await;
        let new = old.again(2);
        new.heartbeat(&first, generation).await
    };
    let (waited, newer) = tokio::join!(waits, newer);
    assert_eq!(waited, Err(GroupError::NotCoordinator));
    assert_eq!(newer, Err(GroupError::UnknownMemberId));
}

#[tokio::test(start_paused = true)]
async fn offsets_have_limits_and_a_group_shows_what_it_is() {
    let place = Place::new(&Arc::new(MemoryOffsets::default()), 1);
    let state = async || {
        place
            .groups
            .describe_group(place.call())
            .await
            .unwrap()
            .state
    };
    assert_eq!(state().await, GroupState::Dead);
    let long = "x".repeat(5000);
    let refused = place.commit("", -1, 5, &long).await;
    assert_eq!(refused, Ok(vec![GroupError::OffsetMetadataTooLarge]));
    assert_eq!(place.committed().await, Ok(vec![]));
    assert_eq!(place.commit("", -1, 5, "").await, Ok(vec![]));
    assert_eq!(state().await, GroupState::Empty);
    let name = place.name().await;
    let generation = place.join(&name).await.unwrap().generation;
    assert_eq!(state().await, GroupState::CompletingRebalance);
    assert_eq!(
        place.commit(&name, generation, 6, "").await,
        Err(GroupError::RebalanceInProgress)
    );
    place.sync(&name, generation, &[]).await.unwrap();
    assert_eq!(state().await, GroupState::Stable);
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
