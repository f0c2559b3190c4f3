use std::sync::Arc;

use tokio::task::JoinSet;

use super::Fixture;
use super::leader::{Leader, contents, record};
use super::runner::cases;
use crate::{AssignmentStore, Commit, Expected, WriteError};

cases!("crowd":
    of_many_commits_one_wins_each_link,
    of_many_begins_one_wins,
    the_same_commit_from_many_places_lands_once,
    verifications_never_outlive_the_record,
);

const CROWD: u64 = 16;

fn confirmed(answer: Result<(), WriteError>) -> bool {
    match answer {
        Ok(()) => true,
        Err(WriteError::Stale { .. }) => false,
        Err(other) => panic!("neither confirmed nor refused: {other}"),
    }
}

/// Sends these at once, each from a task of its own, and returns those confirmed.
async fn send(store: &Arc<dyn AssignmentStore>, commits: Vec<Commit>) -> Vec<Commit> {
    let mut tasks = JoinSet::new();
    for commit in commits {
        let store = Arc::clone(store);
        tasks.spawn(async move { confirmed(store.commit(&commit).await).then_some(commit) });
    }
    tasks.join_all().await.into_iter().flatten().collect()
}

async fn of_many_commits_one_wins_each_link(fixture: Fixture) {
    let mut leader = Leader::first(&fixture.store).await;
    for _ in 0..8 {
        let before = contents(&fixture.store).await;
        let rival = |i| {
            leader.prepare(vec![
                leader.assign("g", i),
                leader.assign(&format!("{i}"), i),
            ])
        };
        let winners = send(&fixture.store, (0..CROWD).map(rival).collect()).await;
        let [winner] = &winners[..] else {
            panic!("{} won one link", winners.len())
        };
        let now = contents(&fixture.store).await;
        assert_eq!(now.record.as_ref(), Some(winner.next()));
        let mut expected = before.assignments;
        for change in winner.changes() {
            let crate::Change::Assign(assignment) = change else {
                unreachable!()
            };
            expected.insert(assignment.group.clone(), assignment.clone());
        }
        assert_eq!(
            now.assignments, expected,
            "a refused commit changed something"
        );
        leader.record = winner.next().clone();
    }
}

async fn of_many_begins_one_wins(fixture: Fixture) {
    let store = &fixture.store;
    let mut expected = Expected::DoesNotExist;
    for epoch in 1..=8 {
        let mut tasks = JoinSet::new();
        for _ in 0..CROWD {
            let (store, expected, next) = (Arc::clone(store), expected.clone(), record(epoch, 0));
            tasks.spawn(
                async move { confirmed(store.begin(&expected, &next).await).then_some(next) },
            );
        }
        let winners = tasks
            .join_all()
            .await
            .into_iter()
            .flatten()
            .collect::<Vec<_>>();
        let [winner] = &winners[..] else {
            panic!("{} began epoch {epoch}", winners.len())
        };
        assert_eq!(store.record().await, Ok(Some(winner.clone())));
        expected = Expected::Matches(winner.clone());
    }
}

async fn the_same_commit_from_many_places_lands_once(fixture: Fixture) {
    let leader = Leader::first(&fixture.store).await;
    let commit = leader.prepare(vec![leader.assign("g", 1), leader.assign("h", 2)]);
    let sent = (0..CROWD).map(|_| commit.clone()).collect::<Vec<_>>();
    assert_eq!(
        send(&fixture.store, sent).await.len() as u64,
        CROWD,
        "all of them are confirmed"
    );
    let now = contents(&fixture.store).await;
    assert_eq!(now.record.as_ref(), Some(commit.next()));
    assert_eq!(now.assignments.len(), 2);
}

async fn verifications_never_outlive_the_record(fixture: Fixture) {
    let store = &fixture.store;
    let mut leader = Leader::first(store).await;
    for _ in 0..8 {
        let mut tasks = JoinSet::new();
        for _ in 0..CROWD {
            let (store, current) = (Arc::clone(store), leader.record.clone());
            tasks.spawn(async move {
                let first = confirmed(store.verify(&current).await);
                let second = confirmed(store.verify(&current).await);
                assert!(first || !second, "a record that was replaced stood again");
            });
        }
        let older = leader.record.clone();
        leader.commit(vec![leader.assign("g", 1)]).await;
        assert!(
            !confirmed(store.verify(&older).await),
            "replaced, and confirmed after that"
        );
        assert!(confirmed(store.verify(&leader.record).await));
        tasks.join_all().await;
    }
}
