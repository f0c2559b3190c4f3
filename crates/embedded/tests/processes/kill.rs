use std::path::Path;
use std::time::Duration;

use groupkeeper_assignment_store::{
    AssignmentStore, AssignmentStoreExt, Change, Expected, LeaderRecord, Listed,
};
use groupkeeper_embedded::EmbeddedAssignmentStore;
use tempfile::TempDir;

use crate::child;
use crate::common::{admit, assign, commit, group, open, record};

/// Many enough for a commit to be many pages of the database.
const GROUPS: u64 = 300;

async fn standing(store: &EmbeddedAssignmentStore) -> LeaderRecord {
    if let Some(record) = store.record().await.unwrap() {
        return record;
    }
    let first = record(1);
    store.begin(&Expected::DoesNotExist, &first).await.unwrap();
    first
}

/// Commits until it is killed. Every commit writes every group that it keeps, so that all that is
/// stored must be of one revision.
#[allow(clippy::print_stdout, reason = "it is how a child tells its parent")]
async fn commit_for_ever(dir: &Path) -> ! {
    let store = open(dir).store("fleet");
    let mut record = standing(&store).await;
    loop {
        let revision = record.revision.next().get();
        let name = |i| format!("group-{i}-{}", if i % 2 == 0 { 0 } else { revision % 3 });
        let gone = |i| format!("group-{i}-{}", (revision + 2) % 3);
        let mut changes = vec![admit(1, revision)];
        changes.extend((0..GROUPS).map(|i| assign(&record, &name(i), revision)));
        let odd = (0..GROUPS).filter(|i| i % 2 == 1);
        changes.extend(odd.map(|i| Change::Unassign(group(&gone(i)))));
        let commit = commit(&record, changes);
        store.commit(&commit).await.unwrap();
        record = commit.next().clone();
        println!("confirmed {}", record.revision);
    }
}

/// Everything must be of the record's revision, and that of the last commit confirmed, or of the
/// one that was being made.
async fn check(dir: &Path, confirmed: u64) {
    let store = open(dir).store("fleet");
    let record = store.record().await.unwrap().unwrap();
    let revision = record.revision.get();
    assert!(
        (confirmed..=confirmed + 1).contains(&revision),
        "{revision} after {confirmed}"
    );
    let listed = store.list_all().await.unwrap();
    for entry in &listed {
        let Listed::Assignment(assignment) = entry else {
            panic!("{entry:?}")
        };
        assert_eq!(assignment.stamp, record.stamp(), "{}", assignment.group);
    }
    assert_eq!(listed.len() as u64, GROUPS);
    let gateways = store.gateways().await.unwrap().records;
    let incarnations = gateways
        .iter()
        .map(|gateway| gateway.gateway.incarnation.get());
    assert_eq!(incarnations.collect::<Vec<_>>(), [revision]);
}

#[tokio::test]
async fn leaves_every_confirmed_commit_whole_and_none_half() {
    if let Some(dir) = child::role() {
        commit_for_ever(&dir).await;
    }
    let _alone = child::alone().await;
    let dir = TempDir::new().unwrap();
    let mut before = 0;
    for round in 0..24_u64 {
        let mut other = child::start(
            "kill::leaves_every_confirmed_commit_whole_and_none_half",
            dir.path(),
        );
        let mut confirmed = before;
        for _ in 0..=round % 5 {
            confirmed = other
                .next("confirmed ")
                .expect("it commits")
                .parse()
                .unwrap();
        }
        // Into the next commit, each time a little further.
        tokio::time::sleep(Duration::from_micros(round * 150)).await;
        other.kill();
        while let Some(more) = other.next("confirmed ") {
            confirmed = more.parse().unwrap();
        }
        assert!(confirmed > before, "the data goes on from where it was");
        check(dir.path(), confirmed).await;
        before = confirmed;
    }
}

/// Killed in its first moments, it leaves nothing behind that the next one trips over.
#[tokio::test]
async fn at_the_first_opening_leaves_a_directory_that_opens() {
    if let Some(dir) = child::role() {
        println!("started {}", std::process::id());
        let store = open(&dir).store("fleet");
        standing(&store).await;
        println!("done");
        std::future::pending::<()>().await;
    }
    let _alone = child::alone().await;
    for round in 0..12_u64 {
        let dir = TempDir::new().unwrap();
        let data = dir.path().join("made/by/it");
        let test = "kill::at_the_first_opening_leaves_a_directory_that_opens";
        let mut other = child::start(test, &data);
        other.next("started ").unwrap();
        tokio::time::sleep(Duration::from_micros(round * 400)).await;
        other.kill();
        let done = other.next("done").is_some();
        let record = open(&data).store("fleet").record().await.unwrap();
        assert!(record.is_some() || !done, "what it had written is there");
    }
}
