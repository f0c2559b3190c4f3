use super::Fixture;
use super::owner::{Owner, is_stale, load, name, offset};
use super::runner::cases;
use crate::store::GroupReadError;

cases!("fence":
    who_takes_over_shuts_out_the_owner_before,
    who_takes_an_absent_group_over_shuts_out_its_creation,
    the_same_write_again_is_confirmed_and_changes_nothing,
    a_write_that_was_replaced_is_refused_for_ever,
    another_group_is_not_touched,
    what_cannot_be_read_is_no_record_and_not_absent,
);

async fn who_takes_over_shuts_out_the_owner_before(fixture: Fixture) {
    let store = &*fixture.store;
    let mut old = Owner::new("group", 1);
    old.save(store, 5).await.expect("it is saved");
    let late = old.prepare(4);
    let mut new = Owner::new("group", 2).read(store).await;
    new.save(store, 5).await.expect("it takes over");
    assert!(
        is_stale(&store.save(&late).await),
        "what hung lands nowhere"
    );
    assert!(is_stale(&old.save(store, 3).await));
    assert_eq!(offset(store, "group").await, Some(5));
    new.save(store, 6).await.expect("the owner goes on");
    assert_eq!(offset(store, "group").await, Some(6));
}

async fn who_takes_an_absent_group_over_shuts_out_its_creation(fixture: Fixture) {
    let store = &*fixture.store;
    let late = Owner::new("group", 1).prepare(4);
    let mut new = Owner::new("group", 2).read(store).await;
    assert_eq!(new.standing, None);
    new.save(store, 9).await.expect("it takes over");
    assert!(is_stale(&store.save(&late).await));
    assert_eq!(offset(store, "group").await, Some(9));
}

async fn the_same_write_again_is_confirmed_and_changes_nothing(fixture: Fixture) {
    let store = &*fixture.store;
    let save = Owner::new("group", 1).prepare(4);
    for _ in 0..3 {
        assert_eq!(store.save(&save).await, Ok(()));
        let loaded = load(store, &name("group")).await;
        assert_eq!(loaded.as_ref(), Some(save.next()));
    }
}

async fn a_write_that_was_replaced_is_refused_for_ever(fixture: Fixture) {
    let store = &*fixture.store;
    let mut owner = Owner::new("group", 1);
    let first = owner.prepare(1);
    store.save(&first).await.expect("it is saved");
    owner.standing = Some(first.next().head);
    owner.save(store, 2).await.expect("it is saved");
    assert!(
        is_stale(&store.save(&first).await),
        "an answer that was lost"
    );
    assert_eq!(offset(store, "group").await, Some(2));
}

async fn another_group_is_not_touched(fixture: Fixture) {
    let store = &*fixture.store;
    let (mut one, mut other) = (Owner::new("group", 1), Owner::new("group2", 1));
    one.save(store, 1).await.expect("it is saved");
    other.save(store, 2).await.expect("it is saved");
    one.save(store, 3).await.expect("it is saved");
    assert_eq!(offset(store, "group").await, Some(3));
    assert_eq!(offset(store, "group2").await, Some(2));
}

async fn what_cannot_be_read_is_no_record_and_not_absent(fixture: Fixture) {
    let store = &*fixture.store;
    let mut other = Owner::new("other", 1);
    other.save(store, 1).await.expect("it is saved");
    if !fixture.spoiled(&name("group")).await {
        return;
    }
    let loaded = store.load(&name("group")).await;
    let unreadable = matches!(loaded, Err(GroupReadError::Unreadable { .. }));
    assert!(unreadable, "{loaded:?}");
    let created = store.save(&Owner::new("group", 1).prepare(1)).await;
    assert!(is_stale(&created), "{created:?}");
    assert_eq!(offset(store, "other").await, Some(1));
    let listed = store.list(None, 10).await.expect("it lists");
    let unreadable: Vec<_> = listed.iter().map(|it| it.unreadable.is_some()).collect();
    assert_eq!(unreadable, [true, false], "{listed:?}");
}
