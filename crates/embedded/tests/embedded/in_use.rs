use groupkeeper_assignment_store::AssignmentStore;
use groupkeeper_embedded::{Embedded, OpenError};
use tempfile::TempDir;

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

/// The lock file is for clear words; the database is locked by itself too.
#[test]
fn with_its_lock_file_gone_is_refused_all_the_same() {
    let dir = TempDir::new().unwrap();
    let _open = open(dir.path());
    std::fs::remove_file(dir.path().join("lock")).unwrap();
    let error = Embedded::open(dir.path()).unwrap_err();
    assert!(matches!(error, OpenError::InUse { .. }), "{error:?}");
}
