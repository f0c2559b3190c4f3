use std::fs;
use std::path::Path;

use groupkeeper_assignment_store::{AssignmentStore, Expected};
use groupkeeper_embedded::{Embedded, OpenError};
use redb::TableDefinition;
use tempfile::TempDir;

use crate::common::{open, record};

/// The refusal, which names a path, the cause and the cure.
fn refused(dir: &Path, path: &Path, cause: &str, cure: &str) -> OpenError {
    let error = Embedded::open(dir).unwrap_err();
    let said = error.to_string();
    assert!(said.contains(&format!("{path:?}")), "which one: {said}");
    assert!(said.contains(cause), "the cause: {said}");
    assert!(said.contains(cure), "the cure: {said}");
    assert!(!said.contains('\n'), "{said}");
    error
}

#[test]
fn a_path_that_is_a_file() {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("file\nname");
    fs::write(&file, "text").unwrap();
    let error = refused(
        &file,
        &file,
        "not a directory",
        "give the path of a directory",
    );
    assert!(
        matches!(error, OpenError::NotADirectory { .. }),
        "{error:?}"
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), "text");
}

#[test]
fn a_directory_that_can_not_be_made() {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "text").unwrap();
    let below = file.join("below");
    let error = refused(&below, &below, "can't be created", "create it");
    assert!(matches!(error, OpenError::CanNotCreate { .. }), "{error:?}");
}

#[test]
fn files_that_can_not_be_written() {
    for name in ["lock", "groupkeeper.redb", "groupkeeper.new", "confirmed"] {
        let dir = TempDir::new().unwrap();
        fs::create_dir_all(dir.path().join(name).join("occupied")).unwrap();
        let error = refused(
            dir.path(),
            dir.path(),
            "can't be used",
            "may read and write",
        );
        assert!(matches!(error, OpenError::CanNotUse { .. }), "{error:?}");
    }
}

/// A directory that opens, with something in it, and its database.
async fn with_data() -> (TempDir, std::path::PathBuf) {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path()).store("fleet");
    store
        .begin(&Expected::DoesNotExist, &record(1))
        .await
        .unwrap();
    drop(store);
    let file = dir.path().join("groupkeeper.redb");
    (dir, file)
}

#[tokio::test]
async fn a_database_that_is_not_whole() {
    let (dir, file) = with_data().await;
    let whole = fs::read(&file).unwrap();
    let mut damaged = [0, 1, 100, 4_096, whole.len() / 2, whole.len() - 1]
        .map(|length| whole[..length].to_vec())
        .to_vec();
    damaged.push(b"not a database, but long enough to be one\n".repeat(2_000));
    damaged.push(vec![0; whole.len()]);
    // The header: what it is, its layout, its version, its checksum.
    damaged.extend([0, 12, 20, 30, 64, 200].map(|place| flipped(&whole, place)));
    for bytes in &damaged {
        fs::write(&file, bytes).unwrap();
        let error = refused(dir.path(), &file, "can't be read", "from a backup");
        assert!(matches!(error, OpenError::Corrupt { .. }), "{error:?}");
        assert_eq!(&fs::read(&file).unwrap(), bytes, "it is left as it was");
    }
    fs::write(&file, &whole).unwrap();
    assert!(
        open(dir.path())
            .store("fleet")
            .record()
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn a_note_of_what_was_confirmed_that_can_not_be_read() {
    let (dir, file) = with_data().await;
    let note = dir.path().join("confirmed");
    let whole = fs::read(&note).unwrap();
    for bytes in [vec![], vec![0; whole.len()], whole[..20].to_vec()] {
        fs::write(&note, &bytes).unwrap();
        let error = refused(
            dir.path(),
            &file,
            "is not known",
            &format!("remove {note:?}"),
        );
        assert!(matches!(error, OpenError::NoteDamaged { .. }), "{error:?}");
        assert_eq!(fs::read(&note).unwrap(), bytes, "it is left as it was");
    }
    // What the refusal names as the cure.
    fs::remove_file(&note).unwrap();
    let record = open(dir.path()).store("fleet").record().await;
    assert!(record.unwrap().is_some());
}

fn flipped(whole: &[u8], place: usize) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    bytes[place] ^= 0xff;
    bytes
}

/// One flipped byte anywhere may be one that nothing depends on: then everything is there.
#[tokio::test]
async fn a_damaged_database_or_else_all_of_it() {
    let (dir, file) = with_data().await;
    let whole = fs::read(&file).unwrap();
    let used = (0..whole.len()).filter(|i| whole[*i] != 0).step_by(97);
    let mut refusals = 0;
    for place in used {
        fs::write(&file, flipped(&whole, place)).unwrap();
        match Embedded::open(dir.path()) {
            Err(error) => {
                refusals += 1;
                assert!(matches!(error, OpenError::Corrupt { .. }), "{error:?}");
            }
            Ok(embedded) => {
                let read = embedded.store("fleet").record().await;
                assert!(
                    matches!(read, Ok(Some(_))),
                    "byte {place} lost the record: {read:?}"
                );
            }
        }
    }
    assert!(refusals > 0, "no damage was noticed");
}

const ABOUT: TableDefinition<'_, &str, u64> = TableDefinition::new("groupkeeper");

fn set_format(file: &Path, format: u64) {
    let database = redb::Database::open(file).unwrap();
    let transaction = database.begin_write().unwrap();
    transaction
        .open_table(ABOUT)
        .unwrap()
        .insert("format", format)
        .unwrap();
    transaction.commit().unwrap();
}

#[tokio::test]
async fn data_of_a_newer_version_which_stay_as_they_are() {
    let (dir, file) = with_data().await;
    set_format(&file, 2);
    for _ in 0..2 {
        let error = refused(
            dir.path(),
            &file,
            "format 2",
            "run the version that wrote it",
        );
        assert!(
            matches!(error, OpenError::Newer { found: 2, .. }),
            "{error:?}"
        );
    }
    set_format(&file, 1);
    assert!(
        open(dir.path())
            .store("fleet")
            .record()
            .await
            .unwrap()
            .is_some()
    );
}

#[test]
fn a_database_of_another_program() {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("groupkeeper.redb");
    let database = redb::Database::create(&file).unwrap();
    let others: TableDefinition<'_, u64, u64> = TableDefinition::new("others");
    let transaction = database.begin_write().unwrap();
    transaction
        .open_table(others)
        .unwrap()
        .insert(1, 2)
        .unwrap();
    transaction.commit().unwrap();
    drop(database);
    refused(
        dir.path(),
        &file,
        "another program",
        "move the directory away",
    );
}
