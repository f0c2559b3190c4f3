//! Copies that were swapped after a network cut: what was decided last stands at every filer but the one that
//! decides.

use groupkeeper_assignment_store::{AssignmentStore, Expected, WriteError};

use super::fake_filer::State;
use super::*;

#[tokio::test]
async fn the_record_is_the_one_on_top_of_which_an_epoch_can_begin() {
    let filers = FakeFiler::start_some().await;
    let [decides, other] = &filers;
    let (store, _master) = connect(&[decides, other]).await;
    let (first, lost, next) = (record(1), record(3), record(4));
    store.begin(&Expected::DoesNotExist, &first).await.unwrap();
    let before = decides.with(|state| state.files.clone());
    // As a store that was set up anew from an old copy.
    let expected = Expected::Matches(first.clone());
    store.begin(&expected, &lost).await.unwrap();
    other.copy(decides);
    decides.with(|state| state.files = before);
    assert_eq!(store.record().await, Ok(Some(first.clone())));
    // Whoever was refused is told the same.
    let refused = store.begin(&Expected::Matches(lost), &next).await;
    let found = Some(Box::new(first.clone()));
    assert_eq!(refused, Err(WriteError::Stale { found }));
    // Nothing is read from the copy that is gone.
    decides.with(|state| state.reads_fail = Some(tonic::Status::unavailable("dead")));
    store.load(&group("g")).await.unwrap_err();
    decides.with(|state| state.reads_fail = None);
    store.begin(&expected, &next).await.unwrap();
    assert_eq!(store.record().await, Ok(Some(next)));
}

/// What the decider of before wrote last has come late, and replaced the leader record.
async fn overwritten(store: &SeaweedFs, decides: &FakeFiler) -> (LeaderRecord, LeaderRecord) {
    let old = record(1);
    let current = LeaderRecord {
        lineage: old.lineage.followed_by(old.stamp()),
        ..record(3)
    };
    put_over(store, decides, old.clone(), current.clone()).await;
    (old, current)
}

/// The first is decided there, then the second; the first comes again.
async fn put_over(
    store: &SeaweedFs,
    decides: &FakeFiler,
    old: LeaderRecord,
    current: LeaderRecord,
) {
    store.begin(&Expected::DoesNotExist, &old).await.unwrap();
    let place = |state: &State| {
        let mut places = state.files.keys();
        places
            .find(|(_, name)| name == "leader.json")
            .cloned()
            .unwrap()
    };
    let late = decides.with(|state| state.files[&place(state)].clone());
    let expected = Expected::Matches(old);
    store.begin(&expected, &current).await.unwrap();
    decides.with(|state| state.files.insert(place(state), late));
}

#[tokio::test]
async fn what_somebody_decided_who_did_not_know_of_a_greater_record_stays() {
    let decides = FakeFiler::start().await;
    let (store, _master) = connect(&[&decides]).await;
    let (elsewhere, greater) = (record(2), record(3));
    put_over(&store, &decides, elsewhere.clone(), greater.clone()).await;
    store.verify(&greater).await.unwrap_err();
    assert_eq!(store.record().await, Ok(Some(elsewhere.clone())));
    let begun = store.begin(&Expected::Matches(elsewhere), &record(4)).await;
    assert_eq!(begun, Ok(()));
}

#[tokio::test]
async fn a_leader_goes_on_whose_record_an_older_copy_was_put_over() {
    let decides = FakeFiler::start().await;
    let (store, _master) = connect(&[&decides]).await;
    let (_, current) = overwritten(&store, &decides).await;
    assert_eq!(store.verify(&current).await, Ok(()));
    assert_eq!(store.record().await, Ok(Some(current)));
}

#[tokio::test]
async fn a_commit_is_made_over_an_older_copy_of_the_record() {
    let decides = FakeFiler::start().await;
    let (store, _master) = connect(&[&decides]).await;
    let (_, current) = overwritten(&store, &decides).await;
    let next = commit(&current, "g");
    store.commit(&next).await.unwrap();
    assert_eq!(store.record().await, Ok(Some(next.next().clone())));
}

#[tokio::test]
async fn no_epoch_begins_on_an_older_copy_also_where_nothing_newer_has_been_seen() {
    let decides = FakeFiler::start().await;
    let (store, _master) = connect(&[&decides]).await;
    let (old, current) = overwritten(&store, &decides).await;
    let (fresh, _master) = connect(&[&decides]).await;
    let refused = fresh.begin(&Expected::Matches(old), &record(4)).await;
    let found = Some(Box::new(current.clone()));
    assert_eq!(refused, Err(WriteError::Stale { found }));
    let begun = fresh.begin(&Expected::Matches(current), &record(5)).await;
    assert_eq!(begun, Ok(()));
}
