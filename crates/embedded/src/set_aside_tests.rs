//! The suite's cases about what can't be read: only from in here can the database be spoiled while it
//! is open.

use std::sync::Arc;

use groupkeeper_assignment_store::conformance::{Fixture, test_matching};
use groupkeeper_types::GroupName;
use tempfile::TempDir;

use crate::opened::End;
use crate::tables::{ASSIGNMENTS, SET_ASIDE};
use crate::{Embedded, EmbeddedAssignmentStore};

async fn spoil(store: EmbeddedAssignmentStore, group: GroupName) {
    let fleet = Arc::clone(&store.fleet);
    let write = move |transaction: &redb::WriteTransaction| {
        let mut assignments = transaction.open_table(ASSIGNMENTS)?;
        assignments.insert((&*fleet, group.as_str()), &b"{\"torn\":"[..])?;
        drop(assignments);
        Ok(End::Commit(()))
    };
    store.database.write(write).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_can_t_be_read_is_set_aside_as_the_suite_says() {
    let dir = TempDir::new().unwrap();
    let embedded = Embedded::open(dir.path()).unwrap();
    let fleets = std::sync::atomic::AtomicU32::new(0);
    test_matching("aside::", || {
        let number = fleets.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let store = embedded.store(&format!("fleet-{number}"));
        let spoilt = store.clone();
        let fixture = Fixture::new(store).spoiled_by(move |group| spoil(spoilt.clone(), group));
        std::future::ready(fixture)
    })
    .await;
    // What was there is kept as it was.
    let read = |transaction: &redb::ReadTransaction| {
        let table = transaction.open_table(SET_ASIDE)?;
        let mut found = Vec::new();
        for entry in table.range(("fleet-0", "")..("fleet-1", ""))? {
            let (key, bytes) = entry?;
            found.push((key.value().1.to_owned(), bytes.value().to_vec()));
        }
        Ok(found)
    };
    let kept = embedded.store("fleet-0").database.read(read).await.unwrap();
    assert_eq!(kept, [("1-2-b".to_owned(), b"{\"torn\":".to_vec())]);
}
