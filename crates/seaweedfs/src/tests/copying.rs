//! A filer that is to decide, and has not copied yet what was decided at another one.

use std::collections::BTreeMap;

use groupkeeper_assignment_store::{AssignmentStore, Expected, WriteError};
use groupkeeper_election::{AcquireError, LockOwner, LockRequest, LockService};

use super::*;
use crate::lock_key;
use crate::proto::filer_pb::Entry;

type Files = BTreeMap<(String, String), Entry>;

/// Two filers, of which the first decides. What was decided at the other one is there in full; the first has
/// copied the first record of that, and not the commit after it.
struct Fixture {
    filers: [FakeFiler; 2],
    master: FakeMaster,
    first: LeaderRecord,
    newest: LeaderRecord,
    older: Files,
}

impl Fixture {
    async fn start() -> Self {
        let filers = FakeFiler::start_some().await;
        let [decides, other] = &filers;
        let (store, master) = connect(&[other]).await;
        let first = record(1);
        store.begin(&Expected::DoesNotExist, &first).await.unwrap();
        decides.copy(other);
        let older = decides.with(|state| state.files.clone());
        let commit = commit(&first, "g");
        store.commit(&commit).await.unwrap();
        for filer in &filers {
            filer.with(|state| state.decider = decides.address.to_string());
        }
        let listed = filers.iter().map(|filer| (filer.address.to_string(), 1));
        master.with(|state| state.filers = listed.collect());
        Self {
            newest: commit.next().clone(),
            filers,
            master,
            first,
            older,
        }
    }

    /// These files, with the older leader record.
    fn swapped(&self, files: &Files) -> Files {
        let mut files = files.clone();
        let record = self
            .older
            .iter()
            .find(|((_, name), _)| name == "leader.json");
        files.extend(record.map(|(place, entry)| (place.clone(), entry.clone())));
        files
    }

    /// Says why nothing is decided, and that nothing is asked of the filer that is to decide.
    async fn refused(&self, store: &SeaweedFs) -> String {
        let [decides, other] = &self.filers;
        let before = decides.with(|state| state.transactions);
        // A look-up from the store would be answered from what is old.
        let verified = store.verify(&self.first).await.unwrap_err();
        let begun = store
            .begin(&Expected::Matches(self.first.clone()), &record(2))
            .await
            .unwrap_err();
        assert!(verified.is_retryable() && begun.is_retryable());
        assert_eq!(decides.with(|state| state.transactions), before);
        let why = begun.to_string();
        for part in [
            "has not copied yet".to_owned(),
            format!("{} has decided {}", other.address, self.newest.stamp()),
            format!("{} has {}", decides.address, self.first.stamp()),
        ] {
            assert!(why.contains(&part), "{why}");
        }
        why
    }
}

async fn until_verified(store: &SeaweedFs, record: &LeaderRecord) {
    while let Err(error) = store.verify(record).await {
        assert!(error.is_retryable(), "{error}");
    }
}

#[tokio::test]
async fn nothing_is_decided_before_a_new_decider_has_what_another_filer_has() {
    let it = Fixture::start().await;
    let [decides, other] = &it.filers;
    // The swap after a cut: what the decider wrote in the moment of the cut stands at the other one too.
    let newest = other.with(|state| state.files.clone());
    other.with(|state| state.files = it.swapped(&newest));
    let store = SeaweedFs::connect(config(&[&it.master]));
    let why = it.refused(&store).await;
    assert_eq!(store.undecided(), Some(why_only(&why)));
    // It has said so.
    other.with(|state| state.reads_hang = true);
    it.refused(&store).await;
    let request = LockRequest {
        key: lock_key(&crate::Fleet::Default),
        owner: LockOwner::new("g:1"),
        ttl: Duration::from_secs(2),
    };
    let refused = store.acquire(&request).await;
    assert!(
        matches!(refused, Err(AcquireError::Unavailable(_))),
        "{refused:?}"
    );
    decides.with(|state| state.files = newest);
    until_verified(&store, &it.newest).await;
    let expected = Expected::Matches(it.newest.clone());
    store.begin(&expected, &record(2)).await.unwrap();
    store.acquire(&request).await.unwrap();
    // From then on it is the others that copy.
    let deposed = store.verify(&it.newest).await;
    assert!(deposed.is_err_and(|error| !error.is_retryable()));
}

/// What stands behind the words that begin every refusal.
fn why_only(why: &str) -> String {
    let prefix = "the store did not confirm the write: ";
    why.strip_prefix(prefix).unwrap().to_owned()
}

#[tokio::test]
async fn a_decider_that_comes_back_with_less_waits_also_for_a_filer_that_is_not_listed_any_more() {
    let it = Fixture::start().await;
    let [decides, other] = &it.filers;
    decides.copy(other);
    let store = SeaweedFs::connect(config(&[&it.master]));
    until_verified(&store, &it.newest).await;
    let request = LockRequest {
        key: lock_key(&crate::Fleet::Default),
        owner: LockOwner::new("g:1"),
        ttl: Duration::from_secs(60),
    };
    let token = store.acquire(&request).await.unwrap();
    other.with(|state| state.decider = other.address.to_string());
    decides.with(|state| state.files = it.older.clone());
    it.master.with(|state| {
        state
            .filers
            .retain(|(filer, _)| *filer == decides.address.to_string());
        state.filers[0].1 += 1;
    });
    let notices = |error: WriteError| error.to_string().contains("has not copied yet");
    while !store.verify(&it.newest).await.is_err_and(notices) {}
    it.refused(&store).await;
    // A leader stays, so that look-ups go on with it.
    store.renew(&request, &token).await.unwrap();
    decides.copy(other);
    until_verified(&store, &it.newest).await;
}

#[tokio::test]
async fn a_filer_that_does_not_say_what_it_has_holds_nobody_up() {
    let it = Fixture::start().await;
    let [_, other] = &it.filers;
    other.with(|state| state.reads_hang = true);
    let store = SeaweedFs::connect(config(&[&it.master]));
    let next = record(2);
    let expected = Expected::Matches(it.first.clone());
    // Each ends within its own limit.
    for _ in 0..100 {
        match store.begin(&expected, &next).await {
            Ok(()) => return,
            Err(error) => assert!(error.is_retryable(), "{error}"),
        }
    }
    panic!("it is waited for");
}
