use futures_util::StreamExt;
use groupkeeper_assignment_store::{AssignmentStore, Expected, Listed, ReadError};
use tonic::Status;

use super::*;

/// Writes the first record and an assignment of this group through the store.
async fn written(store: &SeaweedFs, name: &str) -> LeaderRecord {
    let first = record(1);
    store.begin(&Expected::DoesNotExist, &first).await.unwrap();
    let commit = commit(&first, name);
    store.commit(&commit).await.unwrap();
    commit.next().clone()
}

#[tokio::test]
async fn only_the_filer_s_own_words_for_it_mean_that_there_is_nothing() {
    let filer = FakeFiler::start().await;
    let (store, _master) = connect(&[&filer]).await;
    assert_eq!(store.load(&group("g")).await, Ok(None));
    for status in [
        Status::unknown("find g/filer: no entry is found in filer store_assignments.json: timeout"),
        Status::unknown("rpc error: filer: no entry is found in filer store"),
        Status::not_found("filer: no entry is found in filer store"),
        Status::not_found(""),
        Status::unknown(""),
        Status::permission_denied("no"),
        Status::internal("no"),
    ] {
        filer.with(|state| state.reads_fail = Some(status.clone()));
        let loaded = store.load(&group("g")).await;
        assert!(
            matches!(loaded, Err(ReadError::Unavailable { .. })),
            "{status}: {loaded:?}"
        );
        let record = store.record().await;
        assert!(
            matches!(record, Err(ReadError::Unavailable { .. })),
            "{status}: {record:?}"
        );
    }
    filer.with(|state| state.reads_fail = Some(Status::unimplemented("no such method")));
    let loaded = store.load(&group("g")).await;
    assert!(
        matches!(loaded, Err(ReadError::Unsupported { .. })),
        "{loaded:?}"
    );
}

#[tokio::test]
async fn that_nobody_has_led_is_confirmed_by_every_filer() {
    let [one, other] = FakeFiler::start_some().await;
    let (store, _master) = connect(&[&one, &other]).await;
    assert_eq!(store.record().await, Ok(None));
    let stands = {
        let (store, _master) = connect(&[&other]).await;
        written(&store, "g").await
    };
    // The one that is asked first still knows nothing.
    assert_eq!(store.record().await, Ok(Some(stands)));
    let (store, _master) = connect(&[&one, &other]).await;
    other.with(|state| state.reads_fail = Some(Status::unavailable("starting")));
    let error = store.record().await.unwrap_err().to_string();
    assert!(error.contains("confirmed by every filer"), "{error}");
}

#[tokio::test]
async fn a_filer_that_lags_behind_what_was_written_is_not_read() {
    let [decides, lags] = FakeFiler::start_some().await;
    let (store, _master) = connect(&[&decides, &lags]).await;
    let dead = || Some(Status::unavailable("dead"));
    let first = record(1);
    store.begin(&Expected::DoesNotExist, &first).await.unwrap();
    lags.copy(&decides);
    decides.with(|state| state.reads_fail = dead());
    // It has heard of everything so far.
    assert_eq!(store.load(&group("g")).await, Ok(None));
    decides.with(|state| state.reads_fail = None);
    let commit = commit(&first, "g");
    store.commit(&commit).await.unwrap();
    let newest = commit.next().clone();
    decides.with(|state| state.reads_fail = dead());
    // The record stands, so the copy is old, and what it lacks may exist.
    let before = lags.with(|state| state.lookups);
    let loaded = store.load(&group("g")).await;
    let asked = lags.with(|state| state.lookups) - before;
    // After a cut it may lag for long, and everybody asks.
    assert!(asked <= 8, "{asked} look-ups in an eighth of a second");
    assert!(
        matches!(loaded, Err(ReadError::Unavailable { .. })),
        "{loaded:?}"
    );
    assert!(store.record().await.is_err());
    assert!(store.gateways().await.is_err());
    let listed: Vec<_> = store.list().collect().await;
    assert!(
        matches!(listed[..], [Err(ReadError::Unavailable { .. })]),
        "{listed:?}"
    );

    lags.copy(&decides);
    assert!(store.load(&group("g")).await.unwrap().is_some());
    assert_eq!(store.record().await, Ok(Some(newest)));
}

#[tokio::test]
async fn a_store_that_went_backwards_is_read_again_once_its_decider_says_so() {
    let [decides, other] = FakeFiler::start_some().await;
    let (store, _master) = connect(&[&decides, &other]).await;
    let first = record(1);
    store.begin(&Expected::DoesNotExist, &first).await.unwrap();
    other.copy(&decides);
    store.commit(&commit(&first, "g")).await.unwrap();
    decides.copy(&other);
    assert_eq!(store.record().await, Ok(Some(first)));
    assert_eq!(store.load(&group("g")).await, Ok(None));
}

#[tokio::test]
async fn a_listing_that_breaks_off_ends_with_an_error() {
    let filer = FakeFiler::start().await;
    let (store, _master) = connect(&[&filer]).await;
    let mut current = written(&store, "a").await;
    for name in ["b", "c/d"] {
        let commit = commit(&current, name);
        store.commit(&commit).await.unwrap();
        current = commit.next().clone();
    }
    let names = |listed: &[Result<Listed, ReadError>]| {
        listed
            .iter()
            .filter(|l| matches!(l, Ok(Listed::Assignment(_))))
            .count()
    };
    let whole: Vec<_> = store.list().collect().await;
    assert_eq!((whole.len(), names(&whole)), (3, 3));
    for entries in 0..2 {
        filer.with(|state| state.listing_breaks_after = Some(entries));
        let listed: Vec<_> = store.list().collect().await;
        assert!(
            matches!(listed.last(), Some(Err(ReadError::Unavailable { .. }))),
            "{listed:?}"
        );
        assert_eq!(
            listed.iter().filter(|l| l.is_err()).count(),
            1,
            "{listed:?}"
        );
        assert!(store.gateways().await.is_err());
    }
}
