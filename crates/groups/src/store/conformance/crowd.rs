use futures_util::future::join_all;

use super::Fixture;
use super::owner::{Owner, is_stale, offset};
use super::runner::cases;

cases!("crowd":
    of_writes_that_expect_the_same_one_wins,
    many_groups_write_at_once,
);

async fn of_writes_that_expect_the_same_one_wins(fixture: Fixture) {
    let store = &*fixture.store;
    let mut owner = Owner::new("group", 1);
    for round in 0..10 {
        let offsets = round * 100..round * 100 + 8;
        let saves: Vec<_> = offsets.map(|offset| owner.prepare(offset)).collect();
        let answers = join_all(saves.iter().map(|save| store.save(save))).await;
        let won: Vec<_> = saves
            .iter()
            .zip(&answers)
            .filter(|(_, it)| it.is_ok())
            .collect();
        let [(winner, _)] = won.as_slice() else {
            panic!("not one winner: {answers:?}");
        };
        let others = answers.iter().filter(|answer| answer.is_err());
        assert!(others.clone().all(is_stale), "{answers:?}");
        owner.standing = Some(winner.next().head);
        let expected = winner.next().body.offsets.first().map(|it| it.offset);
        assert_eq!(offset(store, "group").await, expected);
    }
}

async fn many_groups_write_at_once(fixture: Fixture) {
    let store = &*fixture.store;
    let names: Vec<_> = (0..50).map(|number| format!("group-{number}")).collect();
    let writes = names.iter().map(async |name| {
        let mut owner = Owner::new(name, 1);
        for offset in 1..=5 {
            owner
                .save(store, offset)
                .await
                .expect("nobody else writes it");
        }
    });
    join_all(writes).await;
    for name in &names {
        assert_eq!(offset(store, name).await, Some(5));
    }
}
