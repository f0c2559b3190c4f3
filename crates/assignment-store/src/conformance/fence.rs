use super::Fixture;
use super::leader::{Leader, contents, gateway, group};
use super::runner::cases;
use crate::{Change, WriteError};

cases!("fence":
    a_deposed_leader_changes_nothing,
    a_commit_that_arrives_late_changes_nothing,
    a_landed_commit_that_arrives_again_changes_nothing,
    a_deposed_leader_can_not_begin_on_its_own_record,
    a_deposed_leader_confirms_nothing,
    holds_across_many_terms,
);

/// One of each kind, all of which would show.
fn every_change(leader: &Leader) -> Vec<Change> {
    vec![
        leader.assign("kept", 9),
        leader.assign("new", 9),
        Change::Unassign(group("gone")),
        Change::Admit(gateway("kept:1", 9)),
        Change::Admit(gateway("new:1", 9)),
        Change::Dismiss(gateway("gone:1", 1).addr().clone()),
    ]
}

async fn settled(fixture: &Fixture) -> Leader {
    let mut leader = Leader::first(&fixture.store).await;
    leader
        .commit(vec![
            leader.assign("kept", 1),
            leader.assign("gone", 1),
            Change::Admit(gateway("kept:1", 1)),
            Change::Admit(gateway("gone:1", 1)),
        ])
        .await;
    leader
}

fn assert_stale(answer: Result<(), WriteError>, standing: &Leader) {
    match answer {
        Err(WriteError::Stale { found: None }) => {}
        Err(WriteError::Stale { found: Some(found) }) => assert_eq!(*found, standing.record),
        other => panic!("not refused: {other:?}"),
    }
}

async fn a_deposed_leader_changes_nothing(fixture: Fixture) {
    let store = &fixture.store;
    let old = settled(&fixture).await;
    let new = old.deposed_at(store).await;
    let before = contents(store).await;
    // Each change alone: a store that checks the fence once a kind would let one through.
    for change in every_change(&old) {
        assert_stale(store.commit(&old.prepare(vec![change.clone()])).await, &new);
        assert_eq!(contents(store).await, before, "{change:?}");
    }
    for changes in [every_change(&old), Vec::new()] {
        assert_stale(store.commit(&old.prepare(changes)).await, &new);
        assert_eq!(contents(store).await, before);
    }
}

async fn a_commit_that_arrives_late_changes_nothing(fixture: Fixture) {
    let store = &fixture.store;
    let old = settled(&fixture).await;
    let late = old.prepare(every_change(&old));
    let mut new = old.deposed_at(store).await;
    new.commit(vec![new.assign("kept", 2), Change::Unassign(group("new"))])
        .await;
    let before = contents(store).await;
    for _ in 0..2 {
        assert_stale(store.commit(&late).await, &new);
        assert_eq!(contents(store).await, before);
    }
}

async fn a_landed_commit_that_arrives_again_changes_nothing(fixture: Fixture) {
    let store = &fixture.store;
    let mut old = settled(&fixture).await;
    let landed = old.commit(every_change(&old)).await;
    let mut new = old.deposed_at(store).await;
    assert_stale(store.commit(&landed).await, &new);
    new.commit(vec![new.assign("kept", 2), Change::Unassign(group("new"))])
        .await;
    let before = contents(store).await;
    assert_stale(store.commit(&landed).await, &new);
    assert_eq!(contents(store).await, before);
}

async fn a_deposed_leader_can_not_begin_on_its_own_record(fixture: Fixture) {
    let store = &fixture.store;
    let old = settled(&fixture).await;
    let new = old.deposed_at(store).await;
    let mut third = super::leader::record(3, old.record.revision.get());
    let begun = store
        .begin(&crate::Expected::Matches(old.record.clone()), &third)
        .await;
    assert_stale(begun, &new);
    third.epoch = old.record.epoch;
    let begun = store
        .begin(&crate::Expected::Matches(old.record.clone()), &third)
        .await;
    assert_stale(begun, &new);
    assert_eq!(store.record().await, Ok(Some(new.record)));
}

async fn a_deposed_leader_confirms_nothing(fixture: Fixture) {
    let old = settled(&fixture).await;
    let new = old.deposed_at(&fixture.store).await;
    assert_stale(fixture.store.verify(&old.record).await, &new);
    assert_eq!(fixture.store.verify(&new.record).await, Ok(()));
}

async fn holds_across_many_terms(fixture: Fixture) {
    let store = &fixture.store;
    let mut deposed = vec![settled(&fixture).await];
    for term in 2..=8 {
        let mut leader = deposed[deposed.len() - 1].deposed_at(store).await;
        leader.commit(vec![leader.assign("kept", term)]).await;
        let before = contents(store).await;
        for old in &deposed {
            assert_stale(store.commit(&old.prepare(every_change(old))).await, &leader);
        }
        assert_eq!(contents(store).await, before);
        deposed.push(leader);
    }
}
