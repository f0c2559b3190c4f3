use groupkeeper_assignment_store::{
    AssignmentStore, AssignmentStoreExt, Expected, Listed, ReadError, UnreadableGateway, WriteError,
};
use redb::{ReadableTable, TableDefinition};
use tempfile::TempDir;

use crate::common::{admit, assign, commit, group, open, record};

const RECORDS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("records");
const ASSIGNMENTS: TableDefinition<'_, (&str, &str), &[u8]> = TableDefinition::new("assignments");
const GATEWAYS: TableDefinition<'_, (&str, &str), &[u8]> = TableDefinition::new("gateways");

/// Entries that the database keeps well, and that are not what they should be, are told as such.
#[tokio::test]
async fn entries_are_errors_and_never_nothing() {
    let dir = TempDir::new().unwrap();
    let first = record(1);
    let next = {
        let store = open(dir.path()).store("fleet");
        store.begin(&Expected::DoesNotExist, &first).await.unwrap();
        let changes = ["a", "b", "c"].map(|name| assign(&first, name, 1)).to_vec();
        let commit = commit(&first, [changes, vec![admit(1, 1)]].concat());
        store.commit(&commit).await.unwrap();
        commit.next().clone()
    };
    {
        let database = redb::Database::open(dir.path().join("groupkeeper.redb")).unwrap();
        let transaction = database.begin_write().unwrap();
        transaction
            .open_table(RECORDS)
            .unwrap()
            .insert("fleet", &b"{}"[..])
            .unwrap();
        let mut assignments = transaction.open_table(ASSIGNMENTS).unwrap();
        let of_a = assignments
            .get(("fleet", "a"))
            .unwrap()
            .unwrap()
            .value()
            .to_vec();
        assignments.insert(("fleet", "b"), &*of_a).unwrap();
        drop(assignments);
        let mut gateways = transaction.open_table(GATEWAYS).unwrap();
        gateways.insert(("fleet", "other:1"), &b""[..]).unwrap();
        drop(gateways);
        transaction.commit().unwrap();
    }
    let store = open(dir.path()).store("fleet");
    let unreadable = |e: ReadError| assert!(matches!(e, ReadError::Unreadable { .. }), "{e:?}");
    unreadable(store.record().await.unwrap_err());
    unreadable(store.load(&group("b")).await.unwrap_err());
    let gateways = store.gateways().await.unwrap();
    assert_eq!(gateways.records.len(), 1);
    let named = |it: &UnreadableGateway| it.addr.as_ref().map(ToString::to_string);
    let named: Vec<_> = gateways.unreadable.iter().map(named).collect();
    assert_eq!(named, [Some("other:1".to_owned())]);
    assert!(store.load(&group("a")).await.unwrap().is_some());
    let listed = store.list_all().await.unwrap();
    assert!(
        matches!(&listed[1], Listed::Unreadable { name, .. } if name == "b"),
        "{listed:?}"
    );
    assert_eq!(listed.len(), 3);
    let stale = Err(WriteError::Stale { found: None });
    assert_eq!(
        store.begin(&Expected::DoesNotExist, &record(2)).await,
        stale
    );
    assert_eq!(store.commit(&commit(&next, Vec::new())).await, stale);
    assert_eq!(store.verify(&next).await, stale);
}
