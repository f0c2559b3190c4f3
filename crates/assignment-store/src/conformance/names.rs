use std::collections::BTreeSet;

use super::Fixture;
use super::hostile_names::HOSTILE;
use super::leader::{Contents, Leader, addr, contents, group};
use super::runner::cases;
use crate::{Change, WriteError};

cases!("names":
    however_hostile_are_kept_apart,
    that_begin_or_end_alike_are_not_confused,
    however_long_are_kept_apart,
    as_long_as_can_be_are_held_or_refused_whole,
);

/// Assigns each to a gateway of its own and checks that each is found, alone; then removes them
/// one in two, and then the rest.
async fn kept_apart(fixture: &Fixture, names: &[String]) {
    let store = &fixture.store;
    assert_eq!(
        names.iter().collect::<BTreeSet<_>>().len(),
        names.len(),
        "each name once"
    );
    let mut leader = Leader::first(store).await;
    let numbered = || names.iter().zip(0_u64..);
    for (name, _) in numbered() {
        assert_eq!(store.load(&group(name)).await, Ok(None), "before: {name:?}");
    }
    leader
        .commit(
            numbered()
                .map(|(name, number)| leader.assign(name, number))
                .collect(),
        )
        .await;
    check(
        fixture,
        numbered().map(|(name, number)| (name, Some(number))),
    )
    .await;
    let odd = numbered().filter(|(_, number)| number % 2 == 1);
    leader
        .commit(odd.map(|(name, _)| Change::Unassign(group(name))).collect())
        .await;
    check(
        fixture,
        numbered().map(|(name, number)| (name, (number % 2 == 0).then_some(number))),
    )
    .await;
    leader
        .commit(
            names
                .iter()
                .map(|name| Change::Unassign(group(name)))
                .collect(),
        )
        .await;
    check(fixture, names.iter().map(|name| (name, None))).await;
}

/// Each name's gateway, or none, as loaded and as listed.
async fn check(fixture: &Fixture, expected: impl Iterator<Item = (&String, Option<u64>)>) {
    let mut listed = contents(&fixture.store).await.assignments;
    for (name, number) in expected {
        let group = group(name);
        let loaded = fixture
            .store
            .load(&group)
            .await
            .unwrap_or_else(|e| panic!("{name:?}: {e}"));
        assert_eq!(
            loaded,
            listed.remove(&group),
            "loaded and listed differ: {name:?}"
        );
        if let Some(found) = &loaded {
            assert_eq!(found.group, group);
        }
        assert_eq!(
            loaded.map(|found| found.coordinator),
            number.map(addr),
            "{name:?}"
        );
    }
    assert!(listed.is_empty(), "listed besides: {:?}", listed.keys());
}

async fn however_hostile_are_kept_apart(fixture: Fixture) {
    let mut names = HOSTILE
        .iter()
        .map(|name| (*name).to_owned())
        .collect::<Vec<_>>();
    names.extend((1..32_u8).map(|control| format!("control{}", char::from(control))));
    kept_apart(&fixture, &names).await;
}

async fn that_begin_or_end_alike_are_not_confused(fixture: Fixture) {
    let text = "group-10/part";
    let mut names = (1..=text.len())
        .map(|end| text[..end].to_owned())
        .collect::<Vec<_>>();
    names.extend((1..text.len()).map(|start| text[start..].to_owned()));
    names.extend(["group-1", "group-100", "group-10/", "group-10/part/"].map(str::to_owned));
    names.sort();
    names.dedup();
    kept_apart(&fixture, &names).await;
}

async fn however_long_are_kept_apart(fixture: Fixture) {
    let mut names = Vec::new();
    // Around 255 bytes, the most a file name has, also with `_assignments.json` behind it and with
    // every byte escaped.
    for length in [
        84, 85, 86, 127, 128, 237, 238, 239, 254, 255, 256, 257, 511, 512, 1_000,
    ] {
        names.push("x".repeat(length));
        names.push("%".repeat(length));
    }
    names.extend([42, 43, 63, 64, 119, 120, 127, 128, 255, 256, 500].map(|n| "é".repeat(n)));
    // Alike but for the last letter, or its case.
    names.extend(["a", "b", "A"].map(|last| "y".repeat(999) + last));
    names.extend(["a", "b", "A"].map(|last| "y".repeat(254) + last));
    names.push("/".repeat(255));
    names.push("../".repeat(100));
    kept_apart(&fixture, &names).await;
}

async fn as_long_as_can_be_are_held_or_refused_whole(fixture: Fixture) {
    let store = &fixture.store;
    let mut leader = Leader::first(store).await;
    leader.commit(vec![leader.assign("kept", 1)]).await;
    let longest = ["z", "é"].map(|c| c.repeat(groupkeeper_types::GroupName::MAX_BYTES / c.len()));
    for name in &longest {
        let before = contents(store).await;
        let assigned = leader.assignment(name, 2);
        let changes = vec![leader.assign("kept", 3), Change::Assign(assigned.clone())];
        let commit = leader.prepare(changes);
        match store.commit(&commit).await {
            Ok(()) => {
                leader.record = commit.next().clone();
                assert_eq!(store.load(&assigned.group).await, Ok(Some(assigned)));
            }
            Err(WriteError::Unsupported { .. }) => {
                let Contents {
                    record,
                    assignments,
                    ..
                } = contents(store).await;
                assert_eq!((record, assignments), (before.record, before.assignments));
                assert_eq!(store.load(&assigned.group).await, Ok(None));
            }
            other => panic!("neither held nor refused: {other:?}"),
        }
    }
}
