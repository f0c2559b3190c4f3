//! Every subscriber sees every change whole and in order, or is told what it missed.

use std::sync::Arc;

use groupkeeper_election::{Change, Changes, Election, Leadership, MemoryLockService, Observed};
use groupkeeper_types::BootClock;
use tokio::task::JoinSet;

use crate::support::{World, ms, next, won};

/// Wins and resigns so many times, which makes two changes each time.
async fn win_and_resign(election: &Election, times: usize) {
    for _ in 0..times {
        let mut term = election.term();
        election.campaign();
        term.wait_for(Option::is_some)
            .await
            .expect("the election runs");
        election.resign().await;
    }
}

/// All that comes until the end of the stream.
async fn rest(mut changes: Changes) -> Vec<Observed> {
    let mut all = Vec::new();
    while let Some(observed) = changes.next().await {
        all.push(observed);
    }
    all
}

fn whole(observed: Vec<Observed>) -> Vec<Change> {
    let changes = observed.into_iter().map(|observed| match observed {
        Observed::Change(change) => change,
        Observed::Missed(count) => panic!("{count} changes missed"),
    });
    changes.collect()
}

#[tokio::test(start_paused = true)]
async fn all_see_the_same_in_the_same_order() {
    let world = World::new();
    let (a, _) = world.process("a:1");
    let subscribers = [a.changes(), a.changes(), a.changes()];
    win_and_resign(&a, 20).await;
    a.stop().await;
    let mut seen = Vec::new();
    for subscriber in subscribers {
        seen.push(whole(rest(subscriber).await));
    }
    assert!(seen.iter().all(|each| *each == seen[0]));
    let numbers: Vec<_> = seen[0].iter().map(|change| change.number).collect();
    assert_eq!(numbers, (0..=40).collect::<Vec<_>>());
    for (index, change) in seen[0].iter().enumerate() {
        let claims = matches!(change.leadership, Leadership::Me(_));
        assert_eq!(claims, index % 2 == 1, "{change:?}");
        assert_eq!(change.terms, (index as u64).div_ceil(2), "{change:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn who_comes_late_begins_with_the_state() {
    let world = World::new();
    let (a, _) = world.process("a:1");
    won(&mut a.changes()).await;
    let mut late = a.changes();
    let state = next(&mut late).await;
    assert!(matches!(state.leadership, Leadership::Me(_)));
    a.resign().await;
    let after = next(&mut late).await;
    assert_eq!(
        (after.number, after.leadership),
        (state.number + 1, Leadership::Unknown)
    );
}

#[tokio::test(start_paused = true)]
async fn who_lags_is_told_how_far_and_goes_on_with_the_newest() {
    let world = World::new();
    let (a, _) = world.process("a:1");
    let mut slow = a.changes();
    let first = next(&mut slow).await;
    win_and_resign(&a, 100).await;
    let Some(Observed::Missed(missed)) = slow.next().await else {
        panic!("not told")
    };
    let newest = next(&mut slow).await;
    assert_eq!((first.number, missed, newest.number), (0, 199, 200));
    a.campaign();
    assert_eq!(next(&mut slow).await.number, 201);
}

#[tokio::test(start_paused = true)]
async fn who_lags_behind_the_end_gets_the_last_state() {
    let world = World::new();
    let (a, _) = world.process("a:1");
    let mut slow = a.changes();
    next(&mut slow).await;
    win_and_resign(&a, 100).await;
    drop(a);
    assert_eq!(slow.next().await, Some(Observed::Missed(199)));
    assert_eq!(next(&mut slow).await.number, 200);
    assert_eq!(slow.next().await, None);
    assert_eq!(slow.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn a_full_buffer_is_not_a_lag() {
    let world = World::new();
    let (a, _) = world.process("a:1");
    let slow = a.changes();
    win_and_resign(&a, Changes::KEPT / 2).await;
    a.stop().await;
    assert_eq!(whole(rest(slow).await).len(), Changes::KEPT + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscription_in_the_middle_of_changes_has_no_gap() {
    let clock = Arc::new(BootClock);
    let locks = Arc::new(MemoryLockService::new(clock.clone()));
    let candidate = World::new().candidate("a:1");
    let a = Arc::new(Election::start(locks, clock, candidate).unwrap());
    let mut readers = JoinSet::new();
    for _ in 0..4 {
        let a = Arc::clone(&a);
        readers.spawn(async move {
            for _ in 0..200 {
                let mut changes = a.changes();
                let mut last = next(&mut changes).await.number;
                for _ in 0..4 {
                    let Ok(read) = tokio::time::timeout(ms(5), changes.next()).await else {
                        break;
                    };
                    match read {
                        Some(Observed::Change(change)) => {
                            assert_eq!(change.number, last + 1);
                            last = change.number;
                        }
                        // Its thread stood still for longer than changes are kept: it is told.
                        Some(Observed::Missed(missed)) => last += missed,
                        None => panic!("it ended"),
                    }
                }
            }
        });
    }
    while !readers.is_empty() {
        win_and_resign(&a, 1).await;
        while let Some(read) = readers.try_join_next() {
            read.unwrap();
        }
    }
}
