use groupkeeper_assignment_store::{AssignmentStore, Expected, WriteError};

use super::*;

#[tokio::test]
async fn a_filer_that_is_too_old_is_named_with_the_cure() {
    let filer = FakeFiler::start().await;
    filer.with(|state| state.is_old = true);
    let (store, _master) = connect(&[&filer]).await;
    for answer in [
        store.begin(&Expected::DoesNotExist, &record(1)).await,
        store.commit(&commit(&record(1), "g")).await,
        store.verify(&record(1)).await,
    ] {
        let Err(WriteError::Unsupported { why }) = answer else {
            panic!("{answer:?}")
        };
        assert!(
            why.contains(&filer.address.to_string()) && why.contains("4.48"),
            "{why}"
        );
    }
}

#[tokio::test]
async fn a_write_whose_answer_was_lost_is_confirmed() {
    let filer = FakeFiler::start().await;
    let (store, _master) = connect(&[&filer]).await;
    filer.with(|state| state.answers_lost = 1);
    let first = record(1);
    store.begin(&Expected::DoesNotExist, &first).await.unwrap();
    filer.with(|state| state.answers_lost = 1);
    let commit = commit(&first, "g");
    store.commit(&commit).await.unwrap();
    assert_eq!(store.record().await, Ok(Some(commit.next().clone())));
    let before = filer.with(|state| state.files.clone());
    store.commit(&commit).await.unwrap();
    assert_eq!(
        filer.with(|state| state.files.clone()),
        before,
        "repeated, it changes nothing"
    );
}

#[tokio::test]
async fn a_commit_that_stopped_half_way_is_finished() {
    let filer = FakeFiler::start().await;
    let (store, _master) = connect(&[&filer]).await;
    let first = record(1);
    store.begin(&Expected::DoesNotExist, &first).await.unwrap();
    let commit = commit(&first, "g");
    filer.with(|state| state.stops_half_way = usize::MAX);
    let stopped = store.commit(&commit).await;
    assert!(
        matches!(stopped, Err(WriteError::Unavailable { .. })),
        "{stopped:?}"
    );
    assert_eq!(
        store.record().await,
        Ok(Some(first)),
        "the record comes last"
    );
    filer.with(|state| state.stops_half_way = 0);
    store.commit(&commit).await.unwrap();
    assert_eq!(store.record().await, Ok(Some(commit.next().clone())));
}

#[tokio::test]
async fn a_deposed_writer_is_told_who_deposed_it() {
    let filer = FakeFiler::start().await;
    let (old, _master) = connect(&[&filer]).await;
    let (new, _other_master) = connect(&[&filer]).await;
    let first = record(1);
    old.begin(&Expected::DoesNotExist, &first).await.unwrap();
    let second = record(2);
    new.begin(&Expected::Matches(first.clone()), &second)
        .await
        .unwrap();
    let stale = Err(WriteError::Stale {
        found: Some(Box::new(second.clone())),
    });
    assert_eq!(old.commit(&commit(&first, "g")).await, stale);
    assert_eq!(old.verify(&first).await, stale);
    assert_eq!(old.begin(&Expected::DoesNotExist, &record(3)).await, stale);
    assert_eq!(old.load(&group("g")).await, Ok(None));
    assert_eq!(new.verify(&second).await, Ok(()));
}
