use super::Fixture;
use super::leader::{Leader, contents, gateway, group};
use super::runner::cases;
use crate::{Assignment, Change};

cases!("changes":
    assign_writes_over_what_was_there,
    unassign_removes_one_group_only,
    unassigning_nothing_is_confirmed,
    are_made_in_their_order,
    made_twice_are_made_once,
);

async fn assign_writes_over_what_was_there(fixture: Fixture) {
    let mut leader = Leader::first(&fixture.store).await;
    for gateway in [1, 2, 2, 1] {
        let assignment = leader.assignment("g", gateway);
        leader
            .commit(vec![Change::Assign(assignment.clone())])
            .await;
        assert_eq!(fixture.store.load(&group("g")).await, Ok(Some(assignment)));
        assert_eq!(contents(&fixture.store).await.assignments.len(), 1);
    }
}

async fn unassign_removes_one_group_only(fixture: Fixture) {
    let store = &fixture.store;
    let mut leader = Leader::first(store).await;
    let names = ["a", "b", "c"];
    leader
        .commit(names.map(|name| leader.assign(name, 1)).to_vec())
        .await;
    leader.commit(vec![Change::Unassign(group("b"))]).await;
    assert_eq!(store.load(&group("b")).await, Ok(None));
    let left = contents(store)
        .await
        .assignments
        .into_keys()
        .collect::<Vec<_>>();
    assert_eq!(left, [group("a"), group("c")]);
    let again = leader.assignment("b", 2);
    leader.commit(vec![Change::Assign(again.clone())]).await;
    assert_eq!(store.load(&group("b")).await, Ok(Some(again)));
}

async fn unassigning_nothing_is_confirmed(fixture: Fixture) {
    let mut leader = Leader::first(&fixture.store).await;
    let nothing = || {
        vec![
            Change::Unassign(group("g")),
            Change::Dismiss(gateway("g:1", 1).addr().clone()),
        ]
    };
    leader.commit(nothing()).await;
    leader
        .commit(vec![
            leader.assign("g", 1),
            Change::Admit(gateway("g:1", 1)),
        ])
        .await;
    leader.commit(nothing()).await;
    leader.commit(nothing()).await;
    let now = contents(&fixture.store).await;
    assert_eq!(now.record, Some(leader.record));
    assert!(
        now.assignments.is_empty() && now.gateways.is_empty(),
        "{now:?}"
    );
}

async fn are_made_in_their_order(fixture: Fixture) {
    let mut leader = Leader::first(&fixture.store).await;
    let changes = vec![
        leader.assign("ends", 1),
        leader.assign("stays", 1),
        Change::Unassign(group("ends")),
        Change::Unassign(group("stays")),
        leader.assign("stays", 2),
        Change::Admit(gateway("ends:1", 1)),
        Change::Admit(gateway("stays:1", 1)),
        Change::Dismiss(gateway("ends:1", 1).addr().clone()),
        Change::Dismiss(gateway("stays:1", 1).addr().clone()),
        Change::Admit(gateway("stays:1", 2)),
    ];
    let stays = leader.assignment("stays", 2);
    leader.commit(changes).await;
    let now = contents(&fixture.store).await;
    assert_eq!(
        now.assignments.into_values().collect::<Vec<Assignment>>(),
        [stays]
    );
    assert_eq!(now.gateways, [gateway("stays:1", 2)]);
}

async fn made_twice_are_made_once(fixture: Fixture) {
    let mut leader = Leader::first(&fixture.store).await;
    leader
        .commit(vec![
            leader.assign("gone", 1),
            Change::Admit(gateway("gone:1", 1)),
        ])
        .await;
    let once = vec![
        leader.assign("g", 1),
        Change::Unassign(group("gone")),
        Change::Admit(gateway("g:1", 1)),
        Change::Dismiss(gateway("gone:1", 1).addr().clone()),
    ];
    let twice = [once.clone(), once].concat();
    let kept = leader.assignment("g", 1);
    leader.commit(twice).await;
    let now = contents(&fixture.store).await;
    assert_eq!(now.assignments.into_values().collect::<Vec<_>>(), [kept]);
    assert_eq!(now.gateways, [gateway("g:1", 1)]);
}
