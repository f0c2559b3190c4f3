//! The same data, opened again and from a second place.

use super::Fixture;
use super::owner::{Owner, is_stale, offset};
use super::runner::cases;

cases!("places":
    what_was_confirmed_is_there_after_a_restart,
    of_owners_at_two_places_the_newer_wins,
);

async fn what_was_confirmed_is_there_after_a_restart(mut fixture: Fixture) {
    let mut owner = Owner::new("group", 1);
    owner.save(&*fixture.store, 7).await.expect("it is saved");
    if !fixture.reopened().await {
        return;
    }
    assert_eq!(offset(&*fixture.store, "group").await, Some(7));
    // The fence is there too.
    let stranger = fixture.store.save(&Owner::new("group", 9).prepare(1)).await;
    assert!(is_stale(&stranger));
    owner
        .save(&*fixture.store, 8)
        .await
        .expect("it knows the head");
}

async fn of_owners_at_two_places_the_newer_wins(fixture: Fixture) {
    let Some(second) = &fixture.second else {
        return;
    };
    let second = second().await;
    let mut old = Owner::new("group", 1);
    old.save(&*fixture.store, 1).await.expect("it is saved");
    let mut new = Owner::new("group", 2).read(&*second).await;
    new.save(&*second, 2).await.expect("it takes over");
    assert!(is_stale(&old.save(&*fixture.store, 3).await));
    assert_eq!(offset(&*second, "group").await, Some(2));
}
