use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use groupkeeper_embedded::Embedded;
use groupkeeper_groups::conformance::{Fixture, test_all};
use groupkeeper_groups::{GroupBody, GroupStore, Save};
use groupkeeper_types::{Epoch, GroupName, Nonce, Revision, Stamp};
use redb::TableDefinition;
use tempfile::TempDir;

use crate::common::open;

const GROUPS: TableDefinition<'_, (&str, &str), &[u8]> = TableDefinition::new("groups");

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn store_conforms() {
    test_all(|| async {
        let dir = Arc::new(TempDir::new().unwrap());
        let store = Embedded::open(dir.path()).unwrap().groups("fleet");
        Fixture::new(store).reopened_by(move || {
            let store = Embedded::open(dir.path()).unwrap().groups("fleet");
            std::future::ready(Arc::new(store) as Arc<dyn GroupStore>)
        })
    })
    .await;
}

/// A second handle comes from the same opening, since there can be no other.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn handles_of_one_opening_conform() {
    let dir = TempDir::new().unwrap();
    let embedded = Embedded::open(dir.path()).unwrap();
    let fleet = AtomicU32::new(0);
    test_all(|| {
        let fleet = format!("fleet/{}", fleet.fetch_add(1, Ordering::SeqCst));
        let embedded = embedded.clone();
        let store = embedded.groups(&fleet);
        let second = move || {
            let store: Arc<dyn GroupStore> = Arc::new(embedded.groups(&fleet));
            std::future::ready(store)
        };
        std::future::ready(Fixture::new(store).second_by(second))
    })
    .await;
}

fn first(group: &GroupName) -> Save {
    let token = Stamp::new(Epoch::new(1), Revision::new(1));
    let save = Save::new(
        None,
        group.clone(),
        token,
        Nonce::new(1),
        GroupBody::default(),
    );
    save.unwrap()
}

/// What another program wrote where a group stands is an error, and hides no other group.
#[tokio::test]
async fn a_group_that_cannot_be_read_is_an_error_and_alone() {
    let dir = TempDir::new().unwrap();
    let [a, b] = ["a", "b"].map(|name| GroupName::new(name).unwrap());
    {
        let store = open(dir.path()).groups("fleet");
        assert_eq!(store.load(&a).await, Ok(None), "before the first group");
        assert_eq!(store.list(None, 9).await, Ok(Vec::new()));
        store.save(&first(&a)).await.unwrap();
    }
    {
        let database = redb::Database::open(dir.path().join("groupkeeper.redb")).unwrap();
        let transaction = database.begin_write().unwrap();
        let mut groups = transaction.open_table(GROUPS).unwrap();
        // A whole record, of another group.
        groups
            .insert(("fleet", "b"), &*first(&a).next().encode())
            .unwrap();
        drop(groups);
        transaction.commit().unwrap();
    }
    let store = open(dir.path()).groups("fleet");
    assert!(store.load(&a).await.unwrap().is_some());
    let error = store.load(&b).await.unwrap_err();
    assert!(error.to_string().contains("another group"), "{error}");
    let listed = store.list(None, 9).await.unwrap();
    let unreadable: Vec<_> = listed.iter().map(|it| it.unreadable.is_some()).collect();
    assert_eq!(unreadable, [false, true]);
    assert!(store.save(&first(&b)).await.is_err());
}

#[tokio::test]
async fn fleets_do_not_see_each_others_groups() {
    let dir = TempDir::new().unwrap();
    let embedded = open(dir.path());
    let group = GroupName::new("group").unwrap();
    embedded.groups("one").save(&first(&group)).await.unwrap();
    let other = embedded.groups("other");
    assert_eq!(other.load(&group).await, Ok(None));
    assert_eq!(other.list(None, 9).await, Ok(Vec::new()));
    assert_eq!(embedded.groups("one").list(None, 9).await.unwrap().len(), 1);
}
