//! What readers see of a memory store that was told to misbehave.

use crate::common::{Leader, addr, assigned_to, group, is_stale, record};
use futures_util::StreamExt;
use groupkeeper_assignment_store::memory::{Call, Fault, Gate};
use groupkeeper_assignment_store::{
    AssignmentStore, AssignmentStoreExt, Expected, Listed, MemoryAssignmentStore, ReadError,
};

#[tokio::test]
async fn a_held_answer_tells_what_was_true_before() {
    let store = MemoryAssignmentStore::new();
    let mut leader = Leader::first(&store).await;
    leader.commit(&[("g", 1)]).await;
    let gate = Gate::new();
    store.fault(Call::Load, Fault::HeldAnswer(gate.clone()));
    let name = group("g");
    let (answer, ()) = tokio::join!(store.load(&name), async {
        gate.reached(1).await;
        leader.commit(&[("g", 2)]).await;
        gate.release();
    });
    assert_eq!(answer.unwrap().unwrap().coordinator, addr(1));
    assert_eq!(assigned_to(&store, "g").await, Some(addr(2)));
}

#[tokio::test]
async fn a_listing_that_breaks_off_ends_with_an_error() {
    let store = MemoryAssignmentStore::new();
    let mut leader = Leader::first(&store).await;
    leader.commit(&[("a", 1), ("b", 1), ("c", 1)]).await;
    store.fault(Call::List, Fault::StopsAfter(2));
    let entries = store.list().collect::<Vec<_>>().await;
    assert_eq!(
        entries.iter().map(Result::is_ok).collect::<Vec<_>>(),
        [true, true, false]
    );
    store.fault(Call::List, Fault::StopsAfter(2));
    assert!(store.list_all().await.is_err(), "never a shorter list");
}

#[tokio::test]
async fn an_unreadable_entry_is_neither_absent_nor_in_the_way() {
    let store = MemoryAssignmentStore::new();
    let mut leader = Leader::first(&store).await;
    leader.commit(&[("a", 1), ("b", 1), ("c", 1)]).await;
    store.corrupt(&group("b"));
    let loaded = store.load(&group("b")).await;
    assert!(
        matches!(loaded, Err(ReadError::Unreadable { .. })),
        "{loaded:?}"
    );
    let listed = store.list_all().await.unwrap();
    assert!(
        matches!(&listed[1], Listed::Unreadable { name, .. } if name == "b"),
        "{listed:?}"
    );
    assert!(matches!(
        (&listed[0], &listed[2]),
        (Listed::Assignment(_), Listed::Assignment(_))
    ));
    assert_eq!(store.highest_stamp().await, Ok(leader.record.stamp()));
    leader.commit(&[("b", 2)]).await;
    assert_eq!(
        assigned_to(&store, "b").await,
        Some(addr(2)),
        "written over"
    );
}

#[tokio::test]
async fn an_unreadable_record_is_not_a_missing_one() {
    let store = MemoryAssignmentStore::new();
    let leader = Leader::first(&store).await;
    store.corrupt_record();
    let read = store.record().await;
    assert!(
        matches!(read, Err(ReadError::Unreadable { .. })),
        "{read:?}"
    );
    assert!(store.load_settled(&group("g")).await.is_err());
    assert!(is_stale(
        &store.begin(&Expected::DoesNotExist, &record(2, 0)).await
    ));
    assert!(is_stale(&store.commit(&leader.prepare(&[("g", 1)])).await));
    assert!(is_stale(&store.verify(&leader.record).await));
}

#[tokio::test]
async fn a_record_that_goes_backwards_shows() {
    let store = MemoryAssignmentStore::new();
    let mut leader = Leader::first(&store).await;
    leader.commit(&[("g", 1)]).await;
    let (then, before) = (store.snapshot(), leader.record.clone());
    leader.commit(&[("g", 2)]).await;

    store.restore_record(Some(&before));
    assert!(is_stale(&store.verify(&leader.record).await));
    assert_eq!(assigned_to(&store, "g").await, Some(addr(2)));
    assert_eq!(
        store.highest_stamp().await,
        Ok(leader.record.stamp()),
        "the files still tell"
    );

    store.restore(&then);
    assert_eq!(store.record().await, Ok(Some(before.clone())));
    assert_eq!(assigned_to(&store, "g").await, Some(addr(1)));
    store.restore_record(None);
    assert_eq!(store.record().await, Ok(None));
}
