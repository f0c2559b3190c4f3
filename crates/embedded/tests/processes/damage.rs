//! One damaged bit in the files of a process that was killed.

use std::fs;
use std::path::{Path, PathBuf};

use groupkeeper_assignment_store::{AssignmentStore, AssignmentStoreExt, Expected};
use groupkeeper_embedded::{Embedded, OpenError};
use tempfile::TempDir;

use crate::child;
use crate::common::{admit, assign, commit, open, record};

const COMMITS: u64 = 3;
const GROUPS_A_COMMIT: u64 = 20;
const PAGE: usize = 4_096;

/// Commits, says so, and waits to be killed.
#[allow(clippy::print_stdout, reason = "it is how a child tells its parent")]
async fn commit_and_wait(dir: &Path) -> ! {
    let store = open(dir).store("fleet");
    let mut record = record(1);
    store.begin(&Expected::DoesNotExist, &record).await.unwrap();
    for number in 0..COMMITS {
        let name = |i| format!("group-{number}-{i}");
        let mut changes = vec![admit(number, 1)];
        changes.extend((0..GROUPS_A_COMMIT).map(|i| assign(&record, &name(i), number)));
        let commit = commit(&record, changes);
        store.commit(&commit).await.unwrap();
        record = commit.next().clone();
        println!("confirmed {}", record.revision);
    }
    std::future::pending().await
}

/// What a killed process left: each file's path and bytes.
struct Left {
    dir: TempDir,
    files: Vec<(PathBuf, Vec<u8>)>,
}

async fn left_by_a_killed_process(test: &str) -> Left {
    let dir = TempDir::new().unwrap();
    let mut other = child::start(test, dir.path());
    for _ in 0..COMMITS {
        other.next("confirmed ").expect("it commits");
    }
    other.kill();
    let paths = fs::read_dir(dir.path()).unwrap();
    let paths = paths.map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = paths
        .filter(|path| path.file_name().unwrap() != "lock")
        .map(|path| (path.clone(), fs::read(&path).unwrap()))
        .collect();
    files.sort();
    Left { dir, files }
}

/// How an opening ended.
#[derive(Debug, PartialEq, Eq)]
enum Ending {
    /// Everything that was answered is there.
    Whole,
    Unreadable,
    Behind,
}

impl Left {
    /// Opens what was left, after a bit of a file was flipped.
    async fn opened_with(&self, file: usize, place: usize, bit: usize) -> Ending {
        for (i, (path, bytes)) in self.files.iter().enumerate() {
            let mut bytes = bytes.clone();
            if i == file {
                bytes[place] ^= 1 << bit;
            }
            fs::write(path, bytes).unwrap();
        }
        let at = format!("{:?}, byte {place}, bit {bit}", self.files[file].0);
        let store = match Embedded::open(self.dir.path()) {
            Ok(embedded) => embedded.store("fleet"),
            Err(error) => {
                assert!(error.to_string().contains("from a backup"), "{at}: {error}");
                return match error {
                    OpenError::Corrupt { .. } => Ending::Unreadable,
                    OpenError::Behind { .. } => Ending::Behind,
                    other => panic!("{at}: {other}"),
                };
            }
        };
        let record = store.record().await.unwrap();
        assert_eq!(record.unwrap().revision.get(), COMMITS, "{at}");
        let groups = store.list_all().await.unwrap().len() as u64;
        assert_eq!(groups, COMMITS * GROUPS_A_COMMIT, "{at}");
        let gateways = store.gateways().await.unwrap().records;
        assert_eq!(gateways.len() as u64, COMMITS, "{at}");
        Ending::Whole
    }
}

/// The places to damage in a file, and the bit: all that is in its first bytes, which have no
/// second copy, and some of each page, used or not.
fn places(bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut below = |limit: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        usize::try_from(random % u64::try_from(limit).unwrap()).unwrap()
    };
    // The byte at 9 says which of the database's two newest commits stands.
    let mut places: Vec<_> = (0..8).map(|bit| (9, bit)).collect();
    places.extend(
        (0..320.min(bytes.len()))
            .step_by(3)
            .map(|place| (place, below(8))),
    );
    for (number, page) in bytes.chunks(PAGE).enumerate() {
        let used: Vec<_> = (0..page.len()).filter(|i| page[*i] != 0).collect();
        let tries = if used.is_empty() {
            usize::from(number % 16 == 0)
        } else {
            6
        };
        for _ in 0..tries {
            let within = if used.is_empty() {
                below(page.len())
            } else {
                used[below(used.len())]
            };
            places.push((number * PAGE + within, below(8)));
        }
    }
    places
}

#[tokio::test]
async fn of_one_bit_loses_nothing_or_is_refused() {
    if let Some(dir) = child::role() {
        commit_and_wait(&dir).await;
    }
    let _alone = child::alone().await;
    let left = left_by_a_killed_process("damage::of_one_bit_loses_nothing_or_is_refused").await;
    for (file, (path, bytes)) in left.files.iter().enumerate() {
        let (mut whole, mut unreadable, mut behind) = (0, 0, 0);
        for (place, bit) in places(bytes) {
            match left.opened_with(file, place, bit).await {
                Ending::Whole => whole += 1,
                Ending::Unreadable => unreadable += 1,
                Ending::Behind => behind += 1,
            }
        }
        println!("{path:?}: {whole} whole, {unreadable} unreadable, {behind} behind");
        assert!(whole > 0, "what nothing depends on is survived");
        if path.ends_with("groupkeeper.redb") {
            assert!(unreadable > 0 && behind > 0, "the damage is of all kinds");
        } else {
            assert_eq!(unreadable + behind, 0, "{path:?} alone is not needed");
        }
    }
}

#[tokio::test]
async fn that_cost_a_confirmed_commit_is_refused_until_somebody_lets_it_go() {
    if let Some(dir) = child::role() {
        commit_and_wait(&dir).await;
    }
    let _alone = child::alone().await;
    let test = "damage::that_cost_a_confirmed_commit_is_refused_until_somebody_lets_it_go";
    let left = left_by_a_killed_process(test).await;
    let (file, (_, bytes)) = left
        .files
        .iter()
        .enumerate()
        .find(|(_, (path, _))| path.ends_with("groupkeeper.redb"))
        .unwrap();
    let mut ending = Ending::Whole;
    for (place, bit) in places(bytes) {
        ending = left.opened_with(file, place, bit).await;
        if ending == Ending::Behind {
            break;
        }
    }
    assert_eq!(ending, Ending::Behind);
    // Opening it once more makes it no better.
    let error = Embedded::open(left.dir.path()).unwrap_err();
    let OpenError::Behind {
        note,
        found,
        confirmed,
        ..
    } = &error
    else {
        panic!("{error:?}")
    };
    assert_eq!(
        (*found, *confirmed),
        (COMMITS, COMMITS + 1),
        "the begin counts"
    );
    assert!(
        error.to_string().contains(&format!("remove {note:?}")),
        "{error}"
    );
    fs::remove_file(note).unwrap();
    let store = open(left.dir.path()).store("fleet");
    let record = store.record().await.unwrap().unwrap();
    assert_eq!(
        record.revision.get(),
        COMMITS - 1,
        "one commit is lost, and no more"
    );
    // From here on it counts again.
    let next = commit(&record, vec![assign(&record, "one-more", 1)]);
    store.commit(&next).await.unwrap();
    drop(store);
    fs::remove_file(left.dir.path().join("groupkeeper.redb")).unwrap();
    let error = Embedded::open(left.dir.path()).unwrap_err();
    assert!(
        matches!(
            error,
            OpenError::Behind {
                found: 0,
                confirmed: 4,
                ..
            }
        ),
        "a database that is gone is not a beginning: {error:?}"
    );
}
