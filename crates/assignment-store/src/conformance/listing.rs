use std::collections::BTreeMap;

use futures_util::StreamExt;

use super::Fixture;
use super::leader::{Leader, contents, group};
use super::runner::cases;
use crate::{Change, Commit, Listed};

cases!("listing":
    has_every_group_once_however_many,
    taken_in_part_does_no_harm,
    during_writes_has_every_untouched_group_once,
    agrees_with_load,
);

/// More than two pages of 1,000, and not a multiple of any page.
const MANY: usize = 2_537;

async fn many_groups(fixture: &Fixture) -> Leader {
    let mut leader = Leader::first(&fixture.store).await;
    let names = (0..MANY).map(|i| format!("group-{i}")).collect::<Vec<_>>();
    for names in names.chunks(Commit::MAX_CHANGES) {
        leader
            .commit(names.iter().map(|name| leader.assign(name, 1)).collect())
            .await;
    }
    leader
}

async fn has_every_group_once_however_many(fixture: Fixture) {
    let leader = many_groups(&fixture).await;
    let now = contents(&fixture.store).await;
    assert_eq!(now.assignments.len(), MANY);
    assert!((0..MANY).all(|i| now.assignments.contains_key(format!("group-{i}").as_str())));
    assert_eq!(now.record, Some(leader.record));
}

async fn taken_in_part_does_no_harm(fixture: Fixture) {
    let mut leader = many_groups(&fixture).await;
    for taken in [0, 1, 1_000, 1_500] {
        let part = fixture.store.list().take(taken).collect::<Vec<_>>().await;
        assert_eq!(part.len(), taken);
    }
    // Nor does one that nobody goes on with stand in the way of a write.
    let mut idle = fixture.store.list();
    assert!(idle.next().await.is_some());
    leader.commit(vec![leader.assign("one more", 1)]).await;
    drop(idle);
    assert_eq!(contents(&fixture.store).await.assignments.len(), MANY + 1);
}

async fn during_writes_has_every_untouched_group_once(fixture: Fixture) {
    let mut leader = many_groups(&fixture).await;
    let mut seen = BTreeMap::<String, usize>::new();
    let mut listing = fixture.store.list();
    let mut count = 0;
    while let Some(entry) = listing.next().await {
        let Ok(Listed::Assignment(assignment)) = entry else {
            panic!("listed: {entry:?}")
        };
        *seen
            .entry(assignment.group.as_str().to_owned())
            .or_default() += 1;
        if count % 500 == 0 {
            // A tenth of the groups comes, goes and is moved while it is being listed.
            let touched = (0..MANY).step_by(10).map(|i| format!("group-{i}"));
            let change = |(i, name): (usize, String)| match (i + count / 500) % 3 {
                0 => Change::Unassign(group(&name)),
                _ => leader.assign(&name, 2),
            };
            leader
                .commit(touched.enumerate().map(change).collect())
                .await;
        }
        count += 1;
    }
    assert!(
        seen.values().all(|times| *times == 1),
        "a group was listed twice"
    );
    let untouched = (0..MANY).filter(|i| i % 10 != 0);
    let missing = untouched
        .filter(|i| !seen.contains_key(&format!("group-{i}")))
        .count();
    assert_eq!(missing, 0, "groups that nobody touched are missing");
}

async fn agrees_with_load(fixture: Fixture) {
    let store = &fixture.store;
    let mut leader = Leader::first(store).await;
    let names = (0..50).map(|i| format!("group-{i}")).collect::<Vec<_>>();
    leader
        .commit(names.iter().map(|name| leader.assign(name, 1)).collect())
        .await;
    leader
        .commit(
            names
                .iter()
                .step_by(2)
                .map(|name| leader.assign(name, 2))
                .collect(),
        )
        .await;
    leader
        .commit(
            names
                .iter()
                .step_by(3)
                .map(|n| Change::Unassign(group(n)))
                .collect(),
        )
        .await;
    let listed = contents(store).await.assignments;
    assert_eq!(listed.len(), 33);
    for name in &names {
        let loaded = store.load(&group(name)).await;
        assert_eq!(loaded, Ok(listed.get(name.as_str()).cloned()), "{name}");
    }
}
