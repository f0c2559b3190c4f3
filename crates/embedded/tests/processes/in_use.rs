use groupkeeper_election::{LockKey, LockOwner, LockRequest, LockService};
use groupkeeper_embedded::Embedded;
use tempfile::TempDir;

use crate::child;
use crate::common::open;

#[tokio::test]
async fn by_another_process_is_refused_until_that_is_killed() {
    if let Some(dir) = child::role() {
        let embedded = open(&dir);
        let locks = embedded.locks("fleet");
        locks.acquire(&request()).await.unwrap();
        println!("holds {}", std::process::id());
        std::future::pending::<()>().await;
    }
    let _alone = child::alone().await;
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

#[tokio::test]
async fn by_a_process_that_was_refused_itself_is_refused_no_more() {
    if let Some(dir) = child::role() {
        println!("refused {}", Embedded::open(&dir).is_err());
        return;
    }
    let _alone = child::alone().await;
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
