//! Groups that a process wrote until it was killed.

use std::path::Path;
use std::time::Duration;

use groupkeeper_groups::{GroupBody, GroupStore, OffsetRecord, Save};
use groupkeeper_types::{Epoch, GroupName, Nonce, Revision, Stamp, WallTime};
use tempfile::TempDir;

use crate::child;
use crate::common::open;

/// Enough for a record to be several pages of the database.
const PARTITIONS: i32 = 200;
const NAMES: [&str; 2] = ["one", "other"];

/// All partitions at one offset, so that a record which is half of two writes shows.
fn at(offset: i64) -> GroupBody {
    let offset = |partition| OffsetRecord {
        topic: "topic".to_owned(),
        partition,
        offset,
        leader_epoch: -1,
        metadata: String::new(),
        committed_at: WallTime::EPOCH,
    };
    GroupBody {
        offsets: (0..PARTITIONS).map(offset).collect(),
        ..GroupBody::default()
    }
}

/// Commits until it is killed.
#[allow(clippy::print_stdout, reason = "it is how a child tells its parent")]
async fn commit_for_ever(dir: &Path) -> ! {
    let store = open(dir).groups("fleet");
    let one = async |name: &str| {
        let group = GroupName::new(name).unwrap();
        let token = Stamp::new(Epoch::new(1), Revision::new(1));
        loop {
            let head = store.load(&group).await.unwrap().map(|it| it.head);
            let next = head.map_or(0, |head| head.sequence) + 1;
            let body = at(i64::try_from(next).unwrap());
            let save = Save::new(head, group.clone(), token, Nonce::new(next), body).unwrap();
            store.save(&save).await.unwrap();
            println!("confirmed {name} {next}");
        }
    };
    let [one, other] = NAMES.map(one);
    tokio::join!(one, other).0
}

#[tokio::test]
async fn keep_every_confirmed_commit_whole() {
    if let Some(dir) = child::role() {
        commit_for_ever(&dir).await;
    }
    let _alone = child::alone().await;
    let dir = TempDir::new().unwrap();
    let mut confirmed = [0_u64; 2];
    for round in 0..16_u64 {
        let mut other = child::start("groups::keep_every_confirmed_commit_whole", dir.path());
        let mut hear = |said: String| {
            let (name, count) = said.split_once(' ').unwrap();
            let place = NAMES.iter().position(|it| *it == name).unwrap();
            confirmed[place] = count.parse().unwrap();
        };
        for _ in 0..=round % 5 {
            hear(other.next("confirmed ").expect("it commits"));
        }
        // Into the next commit, each time a little further.
        tokio::time::sleep(Duration::from_micros(round * 150)).await;
        other.kill();
        while let Some(more) = other.next("confirmed ") {
            hear(more);
        }
        let store = open(dir.path()).groups("fleet");
        for (name, confirmed) in NAMES.iter().zip(confirmed) {
            let record = store.load(&GroupName::new(name).unwrap()).await.unwrap();
            let Some(record) = record else {
                assert_eq!(confirmed, 0);
                continue;
            };
            let found = record.head.sequence;
            assert!(
                (confirmed..=confirmed + 1).contains(&found),
                "{found} after {confirmed}"
            );
            assert_eq!(record.body, at(i64::try_from(found).unwrap()));
        }
    }
}
