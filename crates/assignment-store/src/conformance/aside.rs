use std::sync::Arc;

use super::Fixture;
use super::leader::{Leader, contents, group};
use super::runner::cases;
use crate::{AssignmentStore, AssignmentStoreExt, Change, Listed, ReadError, WriteError};

cases!("aside":
    of_an_unreadable_assignment_frees_its_group_and_touches_no_other,
    of_what_can_be_read_or_is_not_there_changes_nothing,
    by_a_deposed_leader_is_refused,
    repeated_after_it_landed_changes_nothing,
    is_done_again_and_again,
    has_a_limit,
    of_a_name_that_does_not_tell_its_group_is_told_by_the_group_s_own_read,
);

/// The names of what is listed as unreadable.
async fn unreadable(store: &Arc<dyn AssignmentStore>) -> Vec<String> {
    let listed = store.list_all().await.expect("the listing is whole");
    let name = |entry| match entry {
        Listed::Unreadable { name, .. } => Some(name),
        Listed::Assignment(_) => None,
    };
    listed.into_iter().filter_map(name).collect()
}

/// Spoils a group and finds it listed under one name.
async fn spoil(fixture: &Fixture, name: &str) -> Option<String> {
    if !fixture.spoiled(name).await {
        return None;
    }
    let store = &fixture.store;
    let loaded = store.load(&group(name)).await;
    assert!(
        matches!(loaded, Err(ReadError::Unreadable { .. })),
        "loaded: {loaded:?}"
    );
    let listed = store.list_all().await.expect("the listing is whole");
    let of_group = listed.iter().find_map(|entry| match entry {
        Listed::Unreadable { group, .. } => Some(group.clone()),
        Listed::Assignment(_) => None,
    });
    assert!(
        matches!(&of_group, Some(of) if of.as_ref().is_none_or(|of| of.as_str() == name)),
        "it is said to be of another group: {of_group:?}"
    );
    let mut names = unreadable(store).await;
    assert_eq!(names.len(), 1, "unreadable: {names:?}");
    if of_group == Some(None) {
        let what = match &loaded {
            Err(ReadError::Unreadable { what, .. }) => what,
            _ => panic!("loaded: {loaded:?}"),
        };
        assert_eq!(*what, names[0], "nothing tells that this is the group's");
    }
    names.pop()
}

async fn of_an_unreadable_assignment_frees_its_group_and_touches_no_other(fixture: Fixture) {
    let store = &fixture.store;
    let mut leader = Leader::first(store).await;
    let names = ["a", "b", "c", "b2"];
    leader
        .commit(names.map(|name| leader.assign(name, 1)).to_vec())
        .await;
    let Some(name) = spoil(&fixture, "b").await else {
        return;
    };
    let others = ["a", "c", "b2"].map(|name| leader.assignment(name, 1).group);
    leader
        .commit(vec![Change::SetAside(name), leader.assign("d", 2)])
        .await;
    assert_eq!(store.load(&group("b")).await, Ok(None));
    let now = contents(store).await;
    assert_eq!(now.assignments.len(), 4);
    assert!(others.iter().all(|it| now.assignments.contains_key(it)));
    assert_eq!(now.record.as_ref(), Some(&leader.record));
    // Its group is like any other.
    leader.commit(vec![leader.assign("b", 3)]).await;
    assert_eq!(contents(store).await.assignments.len(), 5);
}

async fn of_a_name_that_does_not_tell_its_group_is_told_by_the_group_s_own_read(fixture: Fixture) {
    let mut leader = Leader::first(&fixture.store).await;
    // Too long, or of letters, for some stores to use in a name.
    for name in ["a/b", &"long".repeat(60), "..", "A", "ü"] {
        let Some(listed) = spoil(&fixture, name).await else {
            return;
        };
        leader.commit(vec![Change::SetAside(listed)]).await;
        assert_eq!(fixture.store.load(&group(name)).await, Ok(None), "{name}");
    }
}

async fn of_what_can_be_read_or_is_not_there_changes_nothing(fixture: Fixture) {
    let store = &fixture.store;
    let mut leader = Leader::first(store).await;
    let Some(name) = spoil(&fixture, "g").await else {
        return;
    };
    // Mended meanwhile.
    leader.commit(vec![leader.assign("g", 1)]).await;
    let before = contents(store).await;
    leader.commit(vec![Change::SetAside(name.clone())]).await;
    assert_eq!(contents(store).await.assignments, before.assignments);
    // Gone meanwhile.
    leader.commit(vec![Change::Unassign(group("g"))]).await;
    leader.commit(vec![Change::SetAside(name)]).await;
    assert!(contents(store).await.assignments.is_empty());
}

async fn by_a_deposed_leader_is_refused(fixture: Fixture) {
    let store = &fixture.store;
    let leader = Leader::first(store).await;
    let Some(name) = spoil(&fixture, "g").await else {
        return;
    };
    let commit = leader.prepare(vec![Change::SetAside(name.clone())]);
    leader.deposed_at(store).await;
    let refused = store.commit(&commit).await;
    assert!(
        matches!(refused, Err(WriteError::Stale { .. })),
        "{refused:?}"
    );
    assert_eq!(unreadable(store).await, [name]);
}

async fn repeated_after_it_landed_changes_nothing(fixture: Fixture) {
    let store = &fixture.store;
    let mut leader = Leader::first(store).await;
    let Some(name) = spoil(&fixture, "g").await else {
        return;
    };
    let commit = leader.commit(vec![Change::SetAside(name)]).await;
    // Spoiled again: the repeated commit is not about that.
    let again = spoil(&fixture, "g").await.into_iter().collect::<Vec<_>>();
    assert_eq!(store.commit(&commit).await, Ok(()));
    assert_eq!(unreadable(store).await, again);
}

async fn is_done_again_and_again(fixture: Fixture) {
    let mut leader = Leader::first(&fixture.store).await;
    for _ in 0..3 {
        let Some(name) = spoil(&fixture, "g").await else {
            return;
        };
        leader.commit(vec![Change::SetAside(name)]).await;
        assert_eq!(fixture.store.load(&group("g")).await, Ok(None));
    }
}

async fn has_a_limit(fixture: Fixture) {
    let store = &fixture.store;
    let mut leader = Leader::first(store).await;
    const AT_ONCE: usize = 250;
    let names = |from: usize| (from..from + AT_ONCE).map(|i| format!("group-{i}"));
    for round in 0..Change::MAX_SET_ASIDE / AT_ONCE {
        for name in names(round * AT_ONCE) {
            if !fixture.spoiled(&name).await {
                return;
            }
        }
        let changes = unreadable(store).await.into_iter().map(Change::SetAside);
        leader.commit(changes.collect()).await;
    }
    let one_more = spoil(&fixture, "g").await;
    let changes = one_more.iter().cloned().map(Change::SetAside).collect();
    let refused = store.commit(&leader.prepare(changes)).await;
    assert!(
        matches!(&refused, Err(WriteError::Unsupported { why }) if why.contains("1000")),
        "{refused:?}"
    );
    assert_eq!(unreadable(store).await, Vec::from_iter(one_more));
    // Nothing else is held up by it.
    leader.commit(vec![leader.assign("h", 1)]).await;
    assert!(matches!(store.load(&group("h")).await, Ok(Some(_))));
}
