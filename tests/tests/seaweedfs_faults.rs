//! Filers that die, hang, start late and come back.

#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::sync::Arc;
use std::time::Duration;

use groupkeeper_assignment_store::{
    Assignment, AssignmentStore, Change, Commit, Expected, Failovers, LeaderRecord, ReadError,
    WriteError,
};
use groupkeeper_election::{AcquireError, LockOwner, LockRequest, LockService};
use groupkeeper_seaweedfs::{Fleet, SeaweedConfig, SeaweedFs, ServerAddress, lock_key};
use groupkeeper_tests::{WeedCluster, eventually};
use groupkeeper_types::{
    Epoch, GatewayAddr, GroupName, Incarnation, Nonce, Revision, RpcAddr, WallTime,
};
use tokio::time::timeout;

const KEY: &str = "kafka-gateway-leader";

fn record(epoch: u64) -> LeaderRecord {
    LeaderRecord {
        epoch: Epoch::new(epoch),
        revision: Revision::ZERO,
        leader: GatewayAddr::new("127.0.0.1:9093").unwrap(),
        incarnation: Incarnation::new(1),
        rpc: RpcAddr::new("127.0.0.1:7000").unwrap(),
        nonce: Nonce::random(),
        settled: groupkeeper_types::Stamp::ZERO,
        failovers: Failovers::default(),
        leases: None,
        lineage: Default::default(),
        floor: groupkeeper_types::Stamp::ZERO,
        other: Default::default(),
    }
}

fn group() -> GroupName {
    GroupName::new("g").unwrap()
}

/// The next commit of who wrote this record: it puts the one group on gateway number `gateway`.
fn commit(current: &LeaderRecord, gateway: u64) -> Commit {
    let revision = current.revision.next();
    let next = LeaderRecord {
        revision,
        nonce: Nonce::random(),
        ..current.clone()
    };
    let assignment = Assignment {
        group: group(),
        coordinator: GatewayAddr::new(&format!("gateway-{gateway}:9093")).unwrap(),
        stamp: next.stamp(),
        assigned_at: WallTime::EPOCH,
    };
    Commit::new(current.clone(), next, vec![Change::Assign(assignment)]).unwrap()
}

async fn coordinator(store: &SeaweedFs) -> Result<Option<String>, ReadError> {
    let found = store.load(&group()).await?;
    Ok(found.map(|found| found.coordinator.to_string()))
}

/// Repeats the very same commit until it is confirmed or refused, as its writer must.
async fn repeat(store: &SeaweedFs, commit: &Commit) -> Result<(), WriteError> {
    eventually("the commit is confirmed or refused", async || {
        match store.commit(commit).await {
            Err(WriteError::Unavailable { .. }) => None,
            answer => Some(answer),
        }
    })
    .await
}

/// Begins the first epoch, as soon as the filer that decides has stood for long enough.
async fn until_begun(store: &SeaweedFs, first: &LeaderRecord) {
    eventually("the first epoch begins", async || {
        store.begin(&Expected::DoesNotExist, first).await.ok()
    })
    .await;
}

fn ask(owner: &str) -> LockRequest {
    let (key, owner) = (lock_key(&Fleet::Default), LockOwner::new(owner));
    LockRequest {
        key,
        owner,
        ttl: Duration::from_secs(5),
    }
}

/// The number of a filer that does not decide, in a cluster of two.
async fn other(cluster: &WeedCluster) -> usize {
    1 - cluster.decider(KEY).await
}

#[tokio::test]
async fn connecting_waits_for_nothing_and_the_first_call_for_the_filers() {
    let nobody = ServerAddress::new("127.0.0.1:9").unwrap();
    let mut config = SeaweedConfig::new(vec![nobody]);
    config.read_timeout = Duration::from_millis(500);
    let early = SeaweedFs::connect(config);
    assert_eq!(early.filers(), []);
    let error = early.record().await.unwrap_err();
    assert!(error.is_retryable(), "{error}");
    assert!(error.to_string().contains("127.0.0.1:9"), "{error}");
    let error = early.acquire(&ask("g:1")).await.unwrap_err();
    assert!(matches!(&error, AcquireError::Unavailable(_)), "{error}");

    let cluster = WeedCluster::start(2).await;
    let store = SeaweedFs::connect(cluster.config());
    assert_eq!(store.record().await, Ok(None));
    let mut filers = [0, 1].map(|number| cluster.filer_address(number).clone());
    filers.sort();
    assert_eq!(store.filers(), filers);
    let decides = cluster.filer_address(cluster.decider(KEY).await).clone();
    assert_eq!(store.deciding_filer(), Some(decides));
}

#[tokio::test]
async fn the_filers_stay_known_while_the_masters_are_silent() {
    let cluster = WeedCluster::start(2).await;
    let mut config = cluster.config();
    // It knows all the filers soon.
    config.acquaintance = Duration::from_secs(1);
    let store = SeaweedFs::connect(config);
    assert_eq!(store.record().await, Ok(None));
    cluster.stop_master();
    // Longer than what the master said last allows: the filers agree, and that is enough.
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(store.filers().len(), 2);
    until_begun(&store, &record(1)).await;
    cluster.cont_master();
}

#[tokio::test]
async fn of_two_begins_through_two_filers_one_wins() {
    let cluster = WeedCluster::start(2).await;
    let (a, b) = (
        SeaweedFs::connect(cluster.config()),
        SeaweedFs::connect(cluster.config()),
    );
    let mut expected = Expected::DoesNotExist;
    for epoch in 1..=20 {
        let (of_a, of_b) = (record(epoch), record(epoch));
        let (at_a, at_b) = tokio::join!(a.begin(&expected, &of_a), b.begin(&expected, &of_b));
        let winner = match (&at_a, &at_b) {
            (Ok(()), Err(WriteError::Stale { .. })) => of_a,
            (Err(WriteError::Stale { .. }), Ok(())) => of_b,
            other => panic!("epoch {epoch}: {other:?}"),
        };
        assert_eq!(a.verify(&winner).await, Ok(()));
        assert_eq!(b.verify(&winner).await, Ok(()));
        expected = Expected::Matches(winner);
    }
}

#[tokio::test]
async fn a_dead_filer_that_does_not_decide_is_not_missed() {
    let cluster = WeedCluster::start(2).await;
    let store = SeaweedFs::connect(cluster.config());
    let first = record(1);
    store.begin(&Expected::DoesNotExist, &first).await.unwrap();
    let token = store.acquire(&ask("g:1")).await.unwrap();
    cluster.kill_filer(other(&cluster).await);
    store.commit(&commit(&first, 1)).await.unwrap();
    assert_eq!(
        coordinator(&store).await,
        Ok(Some("gateway-1:9093".to_owned()))
    );
    store.renew(&ask("g:1"), &token).await.unwrap();
}

#[tokio::test]
async fn a_filer_that_hangs_and_does_not_decide_is_not_missed() {
    let cluster = WeedCluster::start(2).await;
    let hung = other(&cluster).await;
    let store = SeaweedFs::connect(cluster.config());
    let first = record(1);
    store.begin(&Expected::DoesNotExist, &first).await.unwrap();
    let mut token = store.acquire(&ask("g:1")).await.unwrap();
    cluster.stop_filer(hung);
    let mut current = first;
    for gateway in 1..=10 {
        let next = commit(&current, gateway);
        store.commit(&next).await.unwrap();
        assert_eq!(
            coordinator(&store).await,
            Ok(Some(format!("gateway-{gateway}:9093")))
        );
        token = store.renew(&ask("g:1"), &token).await.unwrap();
        current = next.next().clone();
    }
    // One that starts now does not wait for it either, whichever it meets first.
    let late = SeaweedFs::connect(cluster.config());
    assert_eq!(late.record().await, Ok(Some(current)));
    cluster.cont_filer(hung);
}

#[tokio::test]
async fn a_filer_that_decides_and_hangs_is_waited_for_in_bounded_time() {
    let cluster = WeedCluster::start(2).await;
    cluster.settled().await;
    let decider = cluster.decider(KEY).await;
    let store = SeaweedFs::connect(cluster.config());
    let first = record(1);
    store.begin(&Expected::DoesNotExist, &first).await.unwrap();
    let written = commit(&first, 1);
    store.commit(&written).await.unwrap();
    let token = store.acquire(&ask("g:1")).await.unwrap();
    cluster.stop_filer(decider);
    let limit = Duration::from_secs(10);
    // Reads go on: the other filer has heard of everything.
    let read = timeout(limit, coordinator(&store)).await.unwrap();
    assert_eq!(read, Ok(Some("gateway-1:9093".to_owned())));
    let renewed = timeout(limit, store.renew(&ask("g:1"), &token))
        .await
        .unwrap();
    assert!(renewed.is_err_and(|error| error.is_retryable()));
    let stuck = commit(written.next(), 2);
    let answer = timeout(limit, store.commit(&stuck)).await.unwrap();
    assert!(
        answer.as_ref().is_err_and(WriteError::is_retryable),
        "{answer:?}"
    );
    cluster.cont_filer(decider);
    assert_eq!(repeat(&store, &stuck).await, Ok(()));
    assert_eq!(
        coordinator(&store).await,
        Ok(Some("gateway-2:9093".to_owned()))
    );
}

#[tokio::test]
async fn after_the_deciding_filer_died_the_same_commit_is_confirmed() {
    let mut cluster = WeedCluster::start(2).await;
    cluster.settled().await;
    let decider = cluster.decider(KEY).await;
    let mut config = cluster.config();
    // Longer than a filer that comes back takes to hear of what it missed.
    config.settle = Duration::from_secs(4);
    let store = SeaweedFs::connect(config);
    let first = record(1);
    until_begun(&store, &first).await;
    let heard = commit(&first, 1);
    store.commit(&heard).await.unwrap();
    // Known everywhere, so that the crash takes nothing along.
    let survivor = cluster.filer(1 - decider);
    eventually("the other filer has the record", async || {
        let found = survivor
            .read("/topics/kafka/.meta/groupkeeper", "leader.json")
            .await
            .ok()?;
        (found == heard.next().encode()).then_some(())
    })
    .await;
    cluster.kill_filer(decider);

    let next = commit(heard.next(), 2);
    let at_once = store.commit(&next).await;
    assert!(
        at_once.as_ref().is_err_and(WriteError::is_retryable),
        "{at_once:?}"
    );
    let read = coordinator(&store).await;
    assert_eq!(read, Ok(Some("gateway-1:9093".to_owned())), "lookups go on");
    assert_eq!(repeat(&store, &next).await, Ok(()));
    assert_eq!(store.verify(next.next()).await, Ok(()));
    assert_eq!(
        coordinator(&store).await,
        Ok(Some("gateway-2:9093".to_owned()))
    );

    // It comes back with the past, and must not be believed.
    cluster.restart_filer(decider).await;
    let last = commit(next.next(), 3);
    assert_eq!(repeat(&store, &last).await, Ok(()));
    let fresh = SeaweedFs::connect(cluster.config());
    for store in [&store, &fresh] {
        let mine = Arc::clone(store);
        eventually("the newest commit is read", async || {
            (coordinator(&mine).await.ok()? == Some("gateway-3:9093".to_owned())).then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn a_lock_survives_the_filer_that_decides_on_it() {
    let cluster = WeedCluster::start(2).await;
    let decider = cluster.decider(KEY).await;
    let holder = SeaweedFs::connect(cluster.config());
    let rival = SeaweedFs::connect(cluster.config());
    let request = LockRequest {
        ttl: Duration::from_secs(30),
        ..ask("g:1")
    };
    let token = holder.acquire(&request).await.unwrap();
    // The backup of a lock is made behind the answer.
    tokio::time::sleep(Duration::from_millis(500)).await;
    cluster.kill_filer(decider);
    let renewed = eventually("the lock is renewed or lost", async || {
        match holder.renew(&request, &token).await {
            Err(error) if error.is_retryable() => None,
            answer => Some(answer),
        }
    })
    .await;
    renewed.unwrap();
    let refused = rival.acquire(&ask("g:2")).await;
    assert_eq!(
        refused,
        Err(AcquireError::Held {
            by: LockOwner::new("g:1")
        })
    );
    assert_eq!(
        rival.owner(&request.key).await,
        Ok(Some(LockOwner::new("g:1")))
    );
}

#[tokio::test]
async fn a_filer_that_joins_with_an_empty_store_is_not_believed() {
    let mut cluster = WeedCluster::start(1).await;
    let store = SeaweedFs::connect(cluster.config());
    let mut current = record(1);
    store
        .begin(&Expected::DoesNotExist, &current)
        .await
        .unwrap();
    let first = commit(&current, 1);
    store.commit(&first).await.unwrap();
    current = first.next().clone();
    for _ in 0..3 {
        cluster.start_filer(&[]).await;
        // From the moment it answers until all agree: nothing is ever missing.
        for _ in 0..200 {
            if let Ok(read) = coordinator(&store).await {
                assert_eq!(read.as_deref(), Some("gateway-1:9093"));
            }
            if let Ok(found) = store.record().await {
                assert_eq!(found.as_ref(), Some(&current));
            }
            let fresh = SeaweedFs::connect(cluster.config());
            if let Ok(found) = fresh.record().await {
                assert_eq!(found.as_ref(), Some(&current));
            }
        }
        cluster.ready().await;
    }
}
