//! Who may decide, where, and what is said where nobody may.

use groupkeeper_assignment_store::{AssignmentStore, Expected, WriteError};
use groupkeeper_election::{AcquireError, LockOwner, LockRequest, LockService};

use super::*;
use crate::lock_key;

/// Why a new epoch can't begin.
async fn refused(store: &SeaweedFs) -> String {
    match store.begin(&Expected::DoesNotExist, &record(1)).await {
        Err(WriteError::Unavailable { why }) => why,
        other => panic!("{other:?}"),
    }
}

async fn until_begun(store: &SeaweedFs, record: &LeaderRecord) {
    let expected = Expected::DoesNotExist;
    while store.begin(&expected, record).await.is_err() {}
}

/// Repeats the very same commit, as its writer must.
async fn until_committed(store: &SeaweedFs, commit: &Commit) {
    while let Err(error) = store.commit(commit).await {
        assert!(error.is_retryable(), "{error}");
    }
}

#[tokio::test]
async fn one_filer_is_asked_whatever_the_rings_of_filers_say() {
    let [decides, other, third] = FakeFiler::start_some().await;
    let (store, _master) = connect(&[&decides, &other, &third]).await;
    for (filer, names) in [(&decides, &other), (&other, &third), (&third, &third)] {
        filer.with(|state| state.decider = names.address.to_string());
    }
    let first = record(1);
    store.begin(&Expected::DoesNotExist, &first).await.unwrap();
    store.commit(&commit(&first, "g")).await.unwrap();
    assert_eq!(store.deciding_filer(), Some(decides.address.clone()));
    for filer in [&other, &third] {
        assert_eq!(filer.with(|state| state.transactions), 0);
    }
}

#[tokio::test]
async fn nothing_is_asked_of_a_decider_that_has_not_stood_for_long_enough() {
    let filer = FakeFiler::start().await;
    let master = master_of(&[&filer]).await;
    let mut config = config(&[&master]);
    config.settle = Duration::from_secs(3_600);
    let store = SeaweedFs::connect(config);
    let why = refused(&store).await;
    assert!(why.contains("must have stood for longer"), "{why}");
    assert!(why.contains(&filer.address.to_string()), "{why}");
    let verified = store.verify(&record(1)).await;
    assert!(verified.is_err_and(|error| error.is_retryable()));
    assert_eq!(filer.with(|state| state.transactions), 0);
    assert_eq!(store.deciding_filer(), Some(filer.address.clone()));
    // Who may not decide leaves the lock to others.
    let request = LockRequest {
        key: lock_key(&crate::Fleet::Default),
        owner: LockOwner::new("g:1"),
        ttl: Duration::from_secs(2),
    };
    let Err(AcquireError::Unavailable(why)) = store.acquire(&request).await else {
        panic!("it took the lock")
    };
    assert!(why.to_string().contains("must have stood"), "{why}");
    assert_eq!(store.owner(&request.key).await, Ok(None));
    // Where somebody has it, that is told.
    let settled = SeaweedFs::connect(super::config(&[&master]));
    let theirs = LockRequest {
        owner: LockOwner::new("theirs:1"),
        ..request.clone()
    };
    settled.acquire(&theirs).await.unwrap();
    let refused = store.acquire(&request).await;
    let held = |by: &LockOwner| *by == theirs.owner;
    assert!(
        matches!(&refused, Err(AcquireError::Held { by }) if held(by)),
        "{refused:?}"
    );
}

#[tokio::test]
async fn who_has_just_started_may_decide_as_soon_as_somebody_is_seen_to() {
    let [decides, other] = FakeFiler::start_some().await;
    let master = master_of(&[&decides, &other]).await;
    let settled = SeaweedFs::connect(config(&[&master]));
    let first = record(1);
    settled
        .begin(&Expected::DoesNotExist, &first)
        .await
        .unwrap();
    let mut patient = config(&[&master]);
    patient.settle = Duration::from_secs(3_600);
    let store = SeaweedFs::connect(patient);
    // Some rounds, in which nothing is written.
    for _ in 0..3 {
        let verified = store.verify(&first).await;
        assert!(verified.is_err_and(|error| error.is_retryable()));
    }
    let commit = commit(&first, "g");
    until_committed(&settled, &commit).await;
    while store.verify(commit.next()).await.is_err() {}
}

#[tokio::test]
async fn without_a_leader_of_the_masters_nothing_is_asked_of_a_filer() {
    let filer = FakeFiler::start().await;
    let master = master_of(&[&filer]).await;
    let leader = master.with(|state| std::mem::take(&mut state.leader));
    let store = SeaweedFs::connect(config(&[&master]));
    let why = refused(&store).await;
    assert!(why.contains("knows no leader"), "{why}");
    assert!(why.contains(&master.address.to_string()), "{why}");
    assert_eq!(filer.with(|state| state.transactions), 0);
    master.with(|state| state.leader = leader);
    until_begun(&store, &record(1)).await;
}

#[tokio::test]
async fn a_list_of_masters_that_lacks_some_is_refused_with_the_cure() {
    let filer = FakeFiler::start().await;
    let master = master_of(&[&filer]).await;
    master.with(|state| state.masters = 3);
    let store = SeaweedFs::connect(config(&[&master]));
    let why = refused(&store).await;
    assert!(
        why.contains("3 masters") && why.contains("name all"),
        "{why}"
    );
    assert_eq!(filer.with(|state| state.transactions), 0);
}

#[tokio::test]
async fn most_masters_must_name_a_leader_and_its_list_alone_counts() {
    let (here, there) = (FakeFiler::start().await, FakeFiler::start().await);
    let (a, b) = (master_of(&[&here]).await, master_of(&[&here]).await);
    let cut_off = master_of(&[&there]).await;
    for master in [&a, &b, &cut_off] {
        master.with(|state| state.masters = 3);
    }
    b.with(|state| {
        state.leader = a.address.to_string();
        state.filers.clear();
    });
    let store = SeaweedFs::connect(config(&[&cut_off, &b, &a]));
    store
        .begin(&Expected::DoesNotExist, &record(1))
        .await
        .unwrap();
    assert_eq!(store.deciding_filer(), Some(here.address.clone()));
    assert_eq!(there.with(|state| state.transactions), 0);

    // On its side are one master, that still leads, and a filer.
    for master in [&a, &b] {
        master.with(|state| state.is_down = true);
    }
    let store = SeaweedFs::connect(config(&[&cut_off, &b, &a]));
    let why = refused(&store).await;
    assert!(why.contains("2 of 3 masters must name one leader"), "{why}");
    for master in [&a, &b, &cut_off] {
        assert!(why.contains(&master.address.to_string()), "{why}");
    }
    assert_eq!(there.with(|state| state.transactions), 0);
}

#[tokio::test]
async fn an_election_of_masters_stops_nothing_while_every_filer_agrees() {
    let [decides, other] = FakeFiler::start_some().await;
    let (store, master) = connect(&[&decides, &other]).await;
    let first = record(1);
    store.begin(&Expected::DoesNotExist, &first).await.unwrap();
    master.with(|state| state.leader.clear());
    let mut current = first;
    for name in ["a", "b", "c"] {
        let next = commit(&current, name);
        until_committed(&store, &next).await;
        current = next.next().clone();
        // So that it rests on a round of its own.
        tokio::time::sleep(crate::rule::FRESH).await;
    }
    // The masters told one of them of another list.
    other.with(|state| state.decider = other.address.to_string());
    let why = loop {
        match store.verify(&current).await {
            Ok(()) => {}
            Err(error) => break error.to_string(),
        }
    };
    assert!(why.contains("knows no leader"), "{why}");
    let named = format!("by its ring {} decides", other.address);
    assert!(why.contains(&named), "{why}");
    other.with(|state| {
        state.decider = decides.address.to_string();
        state.does_not_answer = true;
    });
    let asked = decides.with(|state| state.transactions);
    assert!(store.verify(&current).await.is_err());
    assert_eq!(decides.with(|state| state.transactions), asked);
    other.with(|state| state.does_not_answer = false);
    while store.verify(&current).await.is_err() {}
}

#[tokio::test]
async fn another_decider_is_turned_to_and_a_filer_that_does_not_answer_is_none() {
    let [decides, other] = FakeFiler::start_some().await;
    let (store, master) = connect(&[&decides, &other]).await;
    let first = record(1);
    store.begin(&Expected::DoesNotExist, &first).await.unwrap();
    other.copy(&decides);
    decides.with(|state| state.does_not_answer = true);
    other.with(|state| {
        state.does_not_answer = true;
        state.decider = other.address.to_string();
    });
    master.with(|state| state.filers.remove(0));
    let why = loop {
        match store.verify(&first).await {
            Ok(()) => {}
            Err(error) => break error.to_string(),
        }
    };
    assert_eq!(other.with(|state| state.transactions), 0);
    assert!(!why.is_empty());
    other.with(|state| state.does_not_answer = false);
    while store.verify(&first).await.is_err() {}
    assert_eq!(store.deciding_filer(), Some(other.address.clone()));
}

#[tokio::test]
async fn the_look_ups_of_filers_and_their_stores_go_on_without_masters() {
    let [decides, other] = FakeFiler::start_some().await;
    let (store, master) = connect(&[&decides, &other]).await;
    let first = record(1);
    store.begin(&Expected::DoesNotExist, &first).await.unwrap();
    other.copy(&decides);
    master.with(|state| state.is_down = true);
    decides.with(|state| state.reads_fail = Some(tonic::Status::unavailable("gone")));
    assert_eq!(store.record().await, Ok(Some(first)));
    assert_eq!(store.filers().len(), 2);
}
