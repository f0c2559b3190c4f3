use groupkeeper_types::{Nonce, Revision};

use super::Fixture;
use super::leader::{Contents, Leader, contents, record};
use super::runner::cases;
use crate::{Expected, LeaderRecord, WriteError};

cases!("begin":
    starts_the_first_epoch,
    of_two_that_find_nothing_one_wins,
    of_two_that_depose_the_same_leader_one_wins,
    with_a_wrong_expectation_is_stale_and_tells_who_leads,
    tells_records_apart_by_nonce_alone,
    repeated_after_it_landed_is_confirmed,
    repeated_after_another_began_is_stale,
    changes_no_assignment,
);

fn refusal(found: &LeaderRecord) -> Result<(), WriteError> {
    Err(WriteError::Stale {
        found: Some(Box::new(found.clone())),
    })
}

async fn starts_the_first_epoch(fixture: Fixture) {
    let leader = Leader::first(&fixture.store).await;
    let expected = Contents {
        record: Some(leader.record.clone()),
        ..Contents::default()
    };
    assert_eq!(contents(&fixture.store).await, expected);
}

/// Sends both at once, and checks that the one that is confirmed is the one that stands.
async fn race(fixture: &Fixture, expected: Expected, epoch: u64) {
    let store = &fixture.store;
    let (one, two) = (record(epoch, 0), record(epoch, 0));
    let answers = tokio::join!(store.begin(&expected, &one), store.begin(&expected, &two));
    let standing = match answers {
        (Ok(()), Err(WriteError::Stale { .. })) => one,
        (Err(WriteError::Stale { .. }), Ok(())) => two,
        both => panic!("not one winner and one refused: {both:?}"),
    };
    assert_eq!(store.record().await, Ok(Some(standing)));
}

async fn of_two_that_find_nothing_one_wins(fixture: Fixture) {
    race(&fixture, Expected::DoesNotExist, 1).await;
}

async fn of_two_that_depose_the_same_leader_one_wins(fixture: Fixture) {
    let mut leader = Leader::first(&fixture.store).await;
    leader.commit(Vec::new()).await;
    race(&fixture, Expected::Matches(leader.record), 2).await;
}

async fn with_a_wrong_expectation_is_stale_and_tells_who_leads(fixture: Fixture) {
    let store = &fixture.store;
    let never = Expected::Matches(record(1, 0));
    let begun = store.begin(&never, &record(2, 0)).await;
    assert_eq!(
        begun,
        Err(WriteError::Stale { found: None }),
        "nobody has led"
    );

    let mut leader = Leader::first(store).await;
    let first = Expected::Matches(leader.record.clone());
    leader.commit(Vec::new()).await;
    for expected in [Expected::DoesNotExist, first, never] {
        let begun = store.begin(&expected, &record(2, 0)).await;
        assert_eq!(begun, refusal(&leader.record), "{expected:?}");
    }
    assert_eq!(store.record().await, Ok(Some(leader.record)));
}

async fn tells_records_apart_by_nonce_alone(fixture: Fixture) {
    let store = &fixture.store;
    let leader = Leader::first(store).await;
    let twin = LeaderRecord {
        nonce: Nonce::random(),
        ..leader.record.clone()
    };
    let begun = store.begin(&Expected::Matches(twin), &record(2, 0)).await;
    assert_eq!(begun, refusal(&leader.record));
    assert_eq!(store.record().await, Ok(Some(leader.record)));
}

async fn repeated_after_it_landed_is_confirmed(fixture: Fixture) {
    let store = &fixture.store;
    let first = record(1, 0);
    for _ in 0..3 {
        assert_eq!(store.begin(&Expected::DoesNotExist, &first).await, Ok(()));
    }
    let second = record(2, 0);
    for _ in 0..3 {
        assert_eq!(
            store
                .begin(&Expected::Matches(first.clone()), &second)
                .await,
            Ok(())
        );
        assert_eq!(store.record().await, Ok(Some(second.clone())));
    }
}

async fn repeated_after_another_began_is_stale(fixture: Fixture) {
    let store = &fixture.store;
    let first = Leader::first(store).await;
    let second = first.deposed_at(store).await;
    let again = store.begin(&Expected::DoesNotExist, &first.record).await;
    assert_eq!(again, refusal(&second.record));
    assert_eq!(store.record().await, Ok(Some(second.record)));
}

async fn changes_no_assignment(fixture: Fixture) {
    let store = &fixture.store;
    let mut leader = Leader::first(store).await;
    leader
        .commit(vec![leader.assign("a", 1), leader.assign("b", 2)])
        .await;
    let before = contents(store).await;
    let next = leader.deposed_at(store).await;
    assert_eq!(next.record.revision, Revision::new(1), "revisions go on");
    assert_eq!(
        contents(store).await,
        Contents {
            record: Some(next.record),
            ..before
        }
    );
}
