//! Each way in which the memory store can be told to misbehave, and what puts it right.

use crate::common::{Leader, addr, assigned_to, group, is_lost, is_stale, record};
use groupkeeper_assignment_store::memory::{Call, Fault, Gate};
use groupkeeper_assignment_store::{
    AssignmentStore, AssignmentStoreExt, Expected, MemoryAssignmentStore,
};

#[tokio::test]
async fn an_unavailable_store_does_nothing() {
    let store = MemoryAssignmentStore::new();
    let leader = Leader::first(&store).await;
    let commit = leader.prepare(&[("g", 1)]);
    store.outage();
    assert!(is_lost(&store.commit(&commit).await));
    assert!(is_lost(&store.verify(&leader.record).await));
    assert!(is_lost(
        &store.begin(&Expected::DoesNotExist, &record(2, 0)).await
    ));
    assert!(store.record().await.unwrap_err().is_retryable());
    assert!(store.load(&group("g")).await.unwrap_err().is_retryable());
    assert!(store.gateways().await.unwrap_err().is_retryable());
    assert!(store.list_all().await.unwrap_err().is_retryable());
    assert!(store.load_settled(&group("g")).await.is_err());
    assert!(store.highest_stamp().await.is_err());
    store.heal();
    assert_eq!(store.record().await, Ok(Some(leader.record.clone())));
    assert_eq!(store.load(&group("g")).await, Ok(None));
    assert_eq!(store.commit(&commit).await, Ok(()));
}

#[tokio::test]
async fn faults_strike_in_turn_and_calls_are_counted() {
    let store = MemoryAssignmentStore::new();
    store.fault(Call::Record, Fault::None);
    store.fault(Call::Record, Fault::Unavailable);
    assert_eq!(store.record().await, Ok(None));
    assert!(store.record().await.is_err());
    assert_eq!(store.clone().record().await, Ok(None));
    assert_eq!((store.calls(Call::Record), store.calls(Call::Load)), (3, 0));
}

#[tokio::test]
async fn a_lost_answer_is_confirmed_on_repeat() {
    let store = MemoryAssignmentStore::new();
    let first = record(1, 0);
    store.fault(Call::Begin, Fault::LostAnswer);
    assert!(is_lost(&store.begin(&Expected::DoesNotExist, &first).await));
    assert_eq!(store.record().await, Ok(Some(first.clone())));
    assert_eq!(store.begin(&Expected::DoesNotExist, &first).await, Ok(()));

    let leader = Leader {
        store: store.clone(),
        record: first,
    };
    let commit = leader.prepare(&[("g", 1)]);
    store.fault(Call::Commit, Fault::LostAnswer);
    assert!(is_lost(&store.commit(&commit).await));
    assert_eq!(assigned_to(&store, "g").await, Some(addr(1)));
    assert_eq!(store.commit(&commit).await, Ok(()));
    assert_eq!(store.verify(commit.next()).await, Ok(()));
}

#[tokio::test]
async fn a_commit_that_stopped_half_way_is_finished_by_repeating_it() {
    for made in 0..=3 {
        let store = MemoryAssignmentStore::new();
        let leader = Leader::first(&store).await;
        let names = ["a", "b", "c"];
        let commit = leader.prepare(&names.map(|name| (name, 1)));
        store.fault(Call::Commit, Fault::StopsAfter(made));
        assert!(is_lost(&store.commit(&commit).await));
        assert_eq!(
            store.record().await,
            Ok(Some(leader.record.clone())),
            "the record comes last"
        );
        for (i, name) in names.into_iter().enumerate() {
            assert_eq!(
                assigned_to(&store, name).await.is_some(),
                i < made,
                "{name} of {made}"
            );
        }
        assert_eq!(store.commit(&commit).await, Ok(()));
        assert_eq!(store.record().await, Ok(Some(commit.next().clone())));
        assert_eq!(store.list_all().await.unwrap().len(), 3);
    }
}

#[tokio::test]
async fn a_late_write_is_refused_after_a_new_epoch() {
    let store = MemoryAssignmentStore::new();
    let old = Leader::first(&store).await;
    let late = old.prepare(&[("g", 1)]);
    store.fault(Call::Commit, Fault::Late);
    assert!(is_lost(&store.commit(&late).await));
    assert_eq!(store.load(&group("g")).await, Ok(None), "it has not landed");
    let mut new = old.deposed().await;
    new.commit(&[("g", 2)]).await;
    assert!(is_stale(&store.land_late().unwrap()));
    assert_eq!(assigned_to(&store, "g").await, Some(addr(2)));
    assert_eq!(store.land_late(), None);
}

#[tokio::test]
async fn a_late_write_lands_where_nothing_is_in_its_way() {
    let store = MemoryAssignmentStore::new();
    let leader = Leader::first(&store).await;
    let late = leader.prepare(&[("g", 1)]);
    store.fault(Call::Commit, Fault::Late);
    assert!(is_lost(&store.commit(&late).await));
    assert_eq!(store.land_late(), Some(Ok(())));
    assert_eq!(
        store.commit(&late).await,
        Ok(()),
        "repeated after it landed"
    );
    assert_eq!(assigned_to(&store, "g").await, Some(addr(1)));
}

#[tokio::test]
async fn a_held_request_acts_when_released_and_never_when_given_up() {
    let store = MemoryAssignmentStore::new();
    let leader = Leader::first(&store).await;
    let commit = leader.prepare(&[("g", 1)]);
    let gate = Gate::new();
    store.fault_always(Call::Commit, Fault::HeldRequest(gate.clone()));
    tokio::select! {
        _ = store.commit(&commit) => panic!("the gate is closed"),
        () = gate.reached(1) => {}
    }
    let held = store.commit(&commit);
    let (answer, ()) = tokio::join!(held, async {
        gate.reached(2).await;
        assert_eq!(
            store.load(&group("g")).await,
            Ok(None),
            "the first was given up"
        );
        gate.release();
    });
    assert_eq!(answer, Ok(()));
    assert_eq!(assigned_to(&store, "g").await, Some(addr(1)));
}
