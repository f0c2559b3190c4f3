use std::sync::Arc;

use super::Fixture;
use super::leader::{Leader, contents};
use super::runner::cases;
use crate::{AssignmentStore, WriteError};

cases!("second_handle":
    deposes_the_first,
    confirms_no_record_that_was_replaced,
    of_commits_on_both_one_wins,
);

/// The second handle, where there is one.
async fn second(fixture: &Fixture) -> Option<Arc<dyn AssignmentStore>> {
    match &fixture.second {
        Some(open) => Some(open().await),
        None => None,
    }
}

fn is_stale(answer: &Result<(), WriteError>) -> bool {
    matches!(answer, Err(WriteError::Stale { .. }))
}

async fn deposes_the_first(fixture: Fixture) {
    let Some(other) = second(&fixture).await else {
        return;
    };
    let mut old = Leader::first(&fixture.store).await;
    old.commit(vec![old.assign("g", 1)]).await;
    let mut new = old.deposed_at(&other).await;
    new.commit(vec![new.assign("g", 2)]).await;
    let late = fixture
        .store
        .commit(&old.prepare(vec![old.assign("g", 3)]))
        .await;
    assert!(is_stale(&late), "{late:?}");
    // What one handle wrote, its own later reads see; the other one's may lag.
    let now = contents(&other).await;
    assert_eq!(now.record, Some(new.record.clone()));
    assert_eq!(
        now.assignments.get("g").map(|g| g.stamp),
        Some(new.record.stamp())
    );
}

async fn confirms_no_record_that_was_replaced(fixture: Fixture) {
    let Some(other) = second(&fixture).await else {
        return;
    };
    let mut leader = Leader::first(&fixture.store).await;
    for _ in 0..5 {
        assert_eq!(
            other.verify(&leader.record).await,
            Ok(()),
            "writes are decided in one place"
        );
        let older = leader.record.clone();
        leader.commit(Vec::new()).await;
        let verified = other.verify(&older).await;
        assert!(is_stale(&verified), "{verified:?}");
    }
}

async fn of_commits_on_both_one_wins(fixture: Fixture) {
    let Some(other) = second(&fixture).await else {
        return;
    };
    let mut leader = Leader::first(&fixture.store).await;
    for _ in 0..8 {
        let one = leader.prepare(vec![leader.assign("g", 1)]);
        let two = leader.prepare(vec![leader.assign("g", 2)]);
        let answers = tokio::join!(fixture.store.commit(&one), other.commit(&two));
        leader.record = match &answers {
            (Ok(()), refused) if is_stale(refused) => one.next().clone(),
            (refused, Ok(())) if is_stale(refused) => two.next().clone(),
            both => panic!("not one winner and one refused: {both:?}"),
        };
    }
}
