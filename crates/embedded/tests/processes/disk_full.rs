use std::path::Path;

use groupkeeper_assignment_store::{AssignmentStore, AssignmentStoreExt, Expected, WriteError};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tempfile::TempDir;

use crate::child;
use crate::common::{assign, commit, open, record};

/// Commits until the disk takes no more, makes room, and goes on.
#[allow(clippy::print_stdout, reason = "it is how a child tells its parent")]
async fn fill(dir: &Path) {
    let store = open(dir).store("fleet");
    let mut record = record(1);
    store.begin(&Expected::DoesNotExist, &record).await.unwrap();
    let refused = loop {
        let names = (0..100).map(|i| format!("{}/{i}", record.revision));
        let changes = names.map(|name| assign(&record, &name, 1)).collect();
        let commit = commit(&record, changes);
        match store.commit(&commit).await {
            Ok(()) => record = commit.next().clone(),
            Err(WriteError::Unavailable { why }) => {
                assert!(why.contains("disk"), "the cure: {why}");
                break commit;
            }
            Err(e) => panic!("{e}"),
        }
    };
    println!("filled {}", record.revision);
    for _ in 0..3 {
        let again = store.commit(&refused).await;
        assert!(again.is_err_and(|e| e.is_retryable()));
    }
    let limit = Rlimit {
        current: None,
        ..getrlimit(Resource::Fsize)
    };
    setrlimit(Resource::Fsize, limit).unwrap();
    assert_eq!(store.commit(&refused).await, Ok(()));
    assert_eq!(store.record().await, Ok(Some(refused.next().clone())));
    println!("healed {}", refused.next().revision);
}

#[tokio::test]
async fn loses_nothing_and_heals_without_a_restart() {
    if let Some(dir) = child::role() {
        return fill(&dir).await;
    }
    let _alone = child::alone().await;
    let dir = TempDir::new().unwrap();
    let test = "disk_full::loses_nothing_and_heals_without_a_restart";
    let mut other = child::start_with_small_disk(test, dir.path());
    let filled: u64 = other
        .next("filled ")
        .expect("it fills the disk")
        .parse()
        .unwrap();
    let healed: u64 = other.next("healed ").expect("it goes on").parse().unwrap();
    assert_eq!(healed, filled + 1);
    while other.next("").is_some() {}
    let store = open(dir.path()).store("fleet");
    let record = store.record().await.unwrap().unwrap();
    assert_eq!(record.revision.get(), healed);
    assert_eq!(store.list_all().await.unwrap().len() as u64, 100 * healed);
}
