use super::Fixture;
use super::leader::{Leader, addr, contents, gateway, group};
use super::runner::cases;
use crate::{Change, Commit, WriteError};

cases!("commit":
    is_visible_once_confirmed,
    without_changes_replaces_the_record,
    repeated_after_it_landed_changes_nothing,
    on_an_older_link_of_its_own_epoch_is_stale,
    on_a_link_that_never_landed_is_stale,
    takes_as_many_changes_as_there_may_be,
);

async fn is_visible_once_confirmed(fixture: Fixture) {
    let store = &fixture.store;
    let mut leader = Leader::first(store).await;
    let assigned = leader.assignment("g", 7);
    let admitted = gateway("gateway-7:9092", 70);
    let changes = vec![
        Change::Assign(assigned.clone()),
        Change::Admit(admitted.clone()),
    ];
    leader.commit(changes).await;
    assert_eq!(store.load(&group("g")).await, Ok(Some(assigned.clone())));
    let now = contents(store).await;
    assert_eq!(now.record, Some(leader.record));
    assert_eq!(
        now.assignments.into_values().collect::<Vec<_>>(),
        [assigned]
    );
    assert_eq!(now.gateways, [admitted]);
}

async fn without_changes_replaces_the_record(fixture: Fixture) {
    let store = &fixture.store;
    let mut leader = Leader::first(store).await;
    leader.commit(vec![leader.assign("g", 1)]).await;
    let before = contents(store).await;
    for _ in 0..3 {
        leader.commit(Vec::new()).await;
        let now = contents(store).await;
        assert_eq!(now.record.as_ref(), Some(&leader.record));
        assert_eq!(
            (&now.assignments, &now.gateways),
            (&before.assignments, &before.gateways)
        );
    }
}

async fn repeated_after_it_landed_changes_nothing(fixture: Fixture) {
    let store = &fixture.store;
    let mut leader = Leader::first(store).await;
    leader
        .commit(vec![
            leader.assign("old", 1),
            Change::Admit(gateway("old:1", 1)),
        ])
        .await;
    let commit = leader
        .commit(vec![
            leader.assign("new", 2),
            Change::Unassign(group("old")),
            Change::Admit(gateway("new:1", 2)),
            Change::Dismiss(gateway("old:1", 1).addr().clone()),
        ])
        .await;
    let before = contents(store).await;
    for _ in 0..3 {
        assert_eq!(store.commit(&commit).await, Ok(()));
        assert_eq!(contents(store).await, before);
    }
}

async fn refused(leader: &Leader, commit: &Commit) {
    let before = contents(&leader.store).await;
    match leader.store.commit(commit).await {
        Err(WriteError::Stale { found: None }) => {}
        Err(WriteError::Stale { found }) => assert_eq!(found.as_deref(), before.record.as_ref()),
        other => panic!("not refused: {other:?}"),
    }
    assert_eq!(
        contents(&leader.store).await,
        before,
        "a refused commit changed something"
    );
}

async fn on_an_older_link_of_its_own_epoch_is_stale(fixture: Fixture) {
    let mut leader = Leader::first(&fixture.store).await;
    let slow = leader.prepare(vec![leader.assign("g", 1), leader.assign("slow", 1)]);
    let landed = leader.commit(vec![leader.assign("g", 2)]).await;
    refused(&leader, &slow).await;
    leader.commit(vec![leader.assign("g", 3)]).await;
    refused(&leader, &slow).await;
    refused(&leader, &landed).await;
}

async fn on_a_link_that_never_landed_is_stale(fixture: Fixture) {
    let leader = Leader::first(&fixture.store).await;
    let ahead = Leader {
        record: leader.prepare(Vec::new()).next().clone(),
        ..leader.clone()
    };
    refused(&leader, &ahead.prepare(vec![ahead.assign("g", 1)])).await;
}

async fn takes_as_many_changes_as_there_may_be(fixture: Fixture) {
    let mut leader = Leader::first(&fixture.store).await;
    let names = || (0..Commit::MAX_CHANGES).map(|i| format!("group-{i}"));
    leader
        .commit(names().map(|name| leader.assign(&name, 1)).collect())
        .await;
    let now = contents(&fixture.store).await;
    assert_eq!(now.assignments.len(), Commit::MAX_CHANGES);
    for name in names() {
        let found = now.assignments.get(name.as_str());
        assert_eq!(
            found.map(|found| &found.coordinator),
            Some(&addr(1)),
            "{name}"
        );
    }
    leader
        .commit(names().map(|name| Change::Unassign(group(&name))).collect())
        .await;
    assert!(contents(&fixture.store).await.assignments.is_empty());
}
