//! What a commit costs on the disk under a directory: `cargo run --release -p groupkeeper-embedded
//! --example commit_cost -- DIR`. It makes a directory of its own in there and removes it.

#![allow(clippy::print_stdout, reason = "it is a program that people run")]
#![allow(clippy::unwrap_used, reason = "it has nobody to report to")]

use std::time::Duration;

use groupkeeper_assignment_store::{
    Assignment, AssignmentStore, AssignmentStoreExt, Change, Commit, Expected, Failovers,
    LeaderRecord,
};
use groupkeeper_embedded::{Embedded, EmbeddedAssignmentStore};
use groupkeeper_types::{
    BootClock, Clock, Epoch, GatewayAddr, GroupName, Incarnation, Nonce, Revision, RpcAddr,
    WallTime,
};

const SPAN: Duration = Duration::from_secs(2);

fn next(record: &LeaderRecord, from: usize, changes: usize) -> Commit {
    let next = LeaderRecord {
        revision: record.revision.next(),
        nonce: Nonce::random(),
        ..record.clone()
    };
    let assign = |i: usize| {
        Change::Assign(Assignment {
            group: GroupName::new(&format!("consumer-group-{}", (from + i) % 100_000)).unwrap(),
            coordinator: record.leader.clone(),
            stamp: next.stamp(),
            assigned_at: WallTime::now(),
        })
    };
    let changes = (0..changes).map(assign).collect();
    Commit::new(record.clone(), next.clone(), changes).unwrap()
}

/// Calls per second of something repeated for a while.
async fn rate<F: AsyncFnMut(usize)>(mut call: F) -> f64 {
    let begun = BootClock.now();
    let mut calls = 0_u32;
    while BootClock.now().since(begun) < SPAN {
        call(calls as usize).await;
        calls += 1;
    }
    f64::from(calls) / BootClock.now().since(begun).as_secs_f64()
}

async fn commits(store: &EmbeddedAssignmentStore, record: &mut LeaderRecord) {
    for changes in [0, 1, 10, 100, 1_000] {
        let rate = rate(async |i| {
            let commit = next(record, i * changes, changes);
            store.commit(&commit).await.unwrap();
            *record = commit.next().clone();
        });
        println!("commits of {changes} changes: {:.0}/s", rate.await);
    }
}

#[tokio::main]
async fn main() {
    let under = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let dir = tempfile::tempdir_in(under).unwrap();
    let store = Embedded::open(dir.path()).unwrap().store("fleet");
    let addr = "gateway:9092";
    let mut record = LeaderRecord {
        epoch: Epoch::new(1),
        revision: Revision::ZERO,
        leader: GatewayAddr::new(addr).unwrap(),
        incarnation: Incarnation::random(),
        rpc: RpcAddr::new(addr).unwrap(),
        nonce: Nonce::random(),
        settled: groupkeeper_types::Stamp::ZERO,
        failovers: Failovers::default(),
        leases: None,
        lineage: Default::default(),
        floor: Default::default(),
        other: Default::default(),
    };
    store.begin(&Expected::DoesNotExist, &record).await.unwrap();
    commits(&store, &mut record).await;
    for from in (0..100_000).step_by(1_000) {
        let commit = next(&record, from, 1_000);
        store.commit(&commit).await.unwrap();
        record = commit.next().clone();
    }
    println!("with 100,000 groups:");
    commits(&store, &mut record).await;
    let group = GroupName::new("consumer-group-77777").unwrap();
    println!(
        "loads: {:.0}/s",
        rate(async |_| assert!(store.load(&group).await.is_ok())).await
    );
    println!(
        "verifications: {:.0}/s",
        rate(async |_| store.verify(&record).await.unwrap()).await
    );
    let begun = BootClock.now();
    let listed = store.list_all().await.unwrap().len();
    println!(
        "listing {listed} groups: {:?}",
        BootClock.now().since(begun)
    );
    drop(store);
    let begun = BootClock.now();
    let reopened = Embedded::open(dir.path()).unwrap();
    println!("opening and checking: {:?}", BootClock.now().since(begun));
    drop(reopened);
    let bytes = std::fs::metadata(dir.path().join("groupkeeper.redb"))
        .unwrap()
        .len();
    println!("the file has {} MiB", bytes >> 20);
}
