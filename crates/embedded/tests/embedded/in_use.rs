use groupkeeper_assignment_store::AssignmentStore;
use groupkeeper_election::{LockKey, LockOwner, LockRequest, LockService};
use groupkeeper_embedded::{Embedded, OpenError};
use tempfile::TempDir;

use crate::child;
use crate::common::open;

#[test]
fn by_this_process_is_refused_until_the_last_handle_is_gone() {
    let dir = TempDir::new().unwrap();
    let embedded = open(dir.path());
    let refused = |by: &str| {
        let error = Embedded::open(dir.path()).unwrap_err();
        assert!(matches!(error, OpenError::InUse { .. }), "{error:?}");
        let said = error.to_string();
        assert!(
            said.contains(&format!("{:?}", dir.path())),
            "which directory: {said}"
        );
        assert!(said.contains(by), "the cause: {said}");
        assert!(
            said.contains("stop that") && said.contains("of its own"),
            "the cure: {said}"
        );
    };
    refused("this very process");
    let store = embedded.store("fleet");
    drop(embedded);
    refused("this very process");
    let locks = open_again_after(store, dir.path()).locks("fleet");
    refused("this very process");
    drop(locks);
    open(dir.path());
}

fn open_again_after(last: impl AssignmentStore, dir: &std::path::Path) -> Embedded {
    drop(last);
    open(dir)
}

#[tokio::test]
async fn by_another_process_is_refused_until_that_is_killed() {
    if let Some(dir) = child::role() {
        let embedded = open(&dir);
        let locks = embedded.locks("fleet");
        locks.acquire(&request()).await.unwrap();
        println!("holds {}", std::process::id());
        std::future::pending::<()>().await;
    }
    let dir = TempDir::new().unwrap();
    let mut other = child::start(
        "in_use::by_another_process_is_refused_until_that_is_killed",
        dir.path(),
    );
    let id = other.next("holds ").unwrap();
    let said = Embedded::open(dir.path()).unwrap_err().to_string();
    assert!(said.contains(&format!("process {id}")), "{said}");
    other.kill();
    let locks = open(dir.path()).locks("fleet");
    assert!(
        locks.acquire(&request()).await.is_ok(),
        "its locks went with it"
    );
}

fn request() -> LockRequest {
    LockRequest {
        key: LockKey::new("leader").unwrap(),
        owner: LockOwner::new("gateway-1:9092"),
        ttl: std::time::Duration::from_secs(3_600),
    }
}

#[test]
fn by_a_process_that_was_refused_itself_is_refused_no_more() {
    if let Some(dir) = child::role() {
        println!("refused {}", Embedded::open(&dir).is_err());
        return;
    }
    let dir = TempDir::new().unwrap();
    let embedded = open(dir.path());
    let test = "in_use::by_a_process_that_was_refused_itself_is_refused_no_more";
    for _ in 0..2 {
        assert_eq!(
            child::start(test, dir.path()).next("refused ").as_deref(),
            Some("true")
        );
    }
    drop(embedded);
    assert_eq!(
        child::start(test, dir.path()).next("refused ").as_deref(),
        Some("false")
    );
}

/// The lock file is for clear words; the database is locked by itself too.
#[test]
fn with_its_lock_file_gone_is_refused_all_the_same() {
    let dir = TempDir::new().unwrap();
    let _open = open(dir.path());
    std::fs::remove_file(dir.path().join("lock")).unwrap();
    let error = Embedded::open(dir.path()).unwrap_err();
    assert!(matches!(error, OpenError::InUse { .. }), "{error:?}");
}
