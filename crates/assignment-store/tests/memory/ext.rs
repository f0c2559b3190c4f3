//! What a store says of a group, by the stamps of its record and its assignment.

use crate::common::{Leader, addr, assigned_to, group, record};
use groupkeeper_assignment_store::memory::{Call, Fault, Gate};
use groupkeeper_assignment_store::{
    AssignmentStore, AssignmentStoreExt, Expected, LeaderRecord, MemoryAssignmentStore, Settled,
};
use groupkeeper_types::{Nonce, Stamp};

#[tokio::test]
async fn tells_settled_from_in_doubt_from_none() {
    let store: &dyn AssignmentStore = &MemoryAssignmentStore::new();
    assert_eq!(
        store.load_settled(&group("g")).await,
        Ok(Settled::NobodyHasLed)
    );
    assert_eq!(store.highest_stamp().await, Ok(Stamp::ZERO));

    let store = MemoryAssignmentStore::new();
    let leader = Leader::first(&store).await;
    let record = leader.record.clone();
    let none = store.load_settled(&group("g")).await;
    assert_eq!(
        none,
        Ok(Settled::Unassigned {
            record: record.clone()
        })
    );

    let commit = leader.prepare(&[("g", 1)]);
    store.fault(Call::Commit, Fault::StopsAfter(1));
    assert!(store.commit(&commit).await.is_err());
    let assignment = store.load(&group("g")).await.unwrap().unwrap();
    let doubt = store.load_settled(&group("g")).await;
    assert_eq!(
        doubt,
        Ok(Settled::InDoubt {
            record,
            assignment: assignment.clone()
        })
    );
    assert_eq!(store.highest_stamp().await, Ok(commit.next().stamp()));

    store.commit(&commit).await.unwrap();
    let record = commit.next().clone();
    let settled = store.load_settled(&group("g")).await;
    assert_eq!(settled, Ok(Settled::Assigned { record, assignment }));
}

#[tokio::test]
async fn an_epoch_that_began_settles_what_came_before_only_as_far_as_its_record_says() {
    let store = MemoryAssignmentStore::new();
    let mut leader = Leader::first(&store).await;
    leader.commit(&[("g", 1)]).await;
    // Half of a commit would look the same to the next leader, until it has looked at everything.
    let next = leader.deposed().await;
    let Ok(Settled::InDoubt { record, .. }) = store.load_settled(&group("g")).await else {
        panic!("settled, and nobody said so")
    };
    assert_eq!(record, next.record);
    let stamp = store.highest_stamp().await.unwrap();
    let before = Expected::Matches(record.clone());
    let raised = LeaderRecord {
        settled: stamp,
        nonce: Nonce::new(99),
        ..record
    };
    store.begin(&before, &raised).await.unwrap();
    let Ok(Settled::Assigned { assignment, .. }) = store.load_settled(&group("g")).await else {
        panic!("not settled")
    };
    assert_eq!(assignment.coordinator, addr(1));
}

#[tokio::test]
async fn a_move_between_the_two_reads_is_in_doubt_not_missed() {
    let store = MemoryAssignmentStore::new();
    let mut leader = Leader::first(&store).await;
    leader.commit(&[("g", 1)]).await;
    let before = leader.record.clone();
    let gate = Gate::new();
    store.fault(Call::Load, Fault::HeldRequest(gate.clone()));
    let name = group("g");
    let (answer, ()) = tokio::join!(store.load_settled(&name), async {
        gate.reached(1).await;
        leader.commit(&[("g", 2)]).await;
        gate.release();
    });
    let Ok(Settled::InDoubt { record, assignment }) = answer else {
        panic!("{answer:?}")
    };
    assert_eq!((record, assignment.coordinator), (before, addr(2)));
    assert_eq!(assigned_to(&store, "g").await, Some(addr(2)));
}

#[tokio::test]
async fn the_highest_stamp_is_over_all_pages() {
    let store = MemoryAssignmentStore::new();
    let mut leader = Leader::first(&store).await;
    let names = (0..1_500).map(|i| format!("{i:04}")).collect::<Vec<_>>();
    for names in names.chunks(750) {
        leader
            .commit(
                &names
                    .iter()
                    .map(|name| (name.as_str(), 1))
                    .collect::<Vec<_>>(),
            )
            .await;
    }
    let highest = leader.record.stamp();
    store.restore_record(Some(&record(1, 0)));
    assert_eq!(store.highest_stamp().await, Ok(highest));
    assert_eq!(store.list_all().await.unwrap().len(), 1_500);
    let begun = store.begin(&Expected::DoesNotExist, &record(2, 0)).await;
    assert!(begun.is_err());
}
