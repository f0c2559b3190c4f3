use groupkeeper_assignment_store::{AssignmentStore, AssignmentStoreExt, Expected, StoredGateways};
use groupkeeper_election::{LockKey, LockOwner, LockRequest, LockService};
use tempfile::TempDir;

use crate::common::{addr, admit, assign, commit, group, open, record};

const FLEETS: [&str; 9] = ["", "a", "a\0", "a\0b", "a/b", "ab", "b", "A", "\u{10ffff}"];

#[tokio::test]
async fn see_nothing_of_each_other() {
    let dir = TempDir::new().unwrap();
    for (fleet, number) in FLEETS.into_iter().zip(1..) {
        let store = open(dir.path()).store(fleet);
        let first = record(number);
        assert_eq!(
            store.begin(&Expected::DoesNotExist, &first).await,
            Ok(()),
            "{fleet:?}"
        );
        let names = ["", "a", "\0", "b", "\u{10ffff}"].map(|end| format!("g{end}"));
        let mut changes = names
            .iter()
            .map(|n| assign(&first, n, number))
            .collect::<Vec<_>>();
        changes.extend([admit(number, 1), admit(100, number)]);
        store.commit(&commit(&first, changes)).await.unwrap();
    }
    let embedded = open(dir.path());
    for (fleet, number) in FLEETS.into_iter().zip(1..) {
        let store = embedded.store(fleet);
        let record = store.record().await.unwrap().unwrap();
        assert_eq!(record.epoch.get(), number, "{fleet:?}");
        let found = store.load(&group("g")).await.unwrap().unwrap();
        assert_eq!(found.coordinator, addr(number), "{fleet:?}");
        assert_eq!(store.list_all().await.unwrap().len(), 5, "{fleet:?}");
        assert_eq!(store.highest_stamp().await, Ok(record.stamp()), "{fleet:?}");
        let gateways = store.gateways().await.unwrap().records;
        assert_eq!(gateways.len(), 2, "{fleet:?}");
        assert!(
            gateways
                .iter()
                .any(|gateway| gateway.gateway.incarnation.get() == number)
        );
    }
    for unknown in ["c", "a\0c", "aa", "\0"] {
        let store = embedded.store(unknown);
        assert_eq!(store.record().await, Ok(None), "{unknown:?}");
        assert_eq!(store.list_all().await, Ok(Vec::new()), "{unknown:?}");
        assert_eq!(
            store.gateways().await,
            Ok(StoredGateways::default()),
            "{unknown:?}"
        );
    }
}

#[tokio::test]
async fn have_locks_of_their_own() {
    let dir = TempDir::new().unwrap();
    let embedded = open(dir.path());
    let request = LockRequest {
        key: LockKey::new("leader").unwrap(),
        owner: LockOwner::new("gateway-1:9092"),
        ttl: std::time::Duration::from_secs(60),
    };
    embedded.locks("a").acquire(&request).await.unwrap();
    assert!(
        embedded.locks("a").acquire(&request).await.is_err(),
        "the same locks every time"
    );
    assert!(embedded.clone().locks("a").acquire(&request).await.is_err());
    assert!(embedded.locks("b").acquire(&request).await.is_ok());
}
