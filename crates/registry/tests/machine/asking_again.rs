//! What a leader is about to decide is heard soon, and not at the next heartbeat that is due anyway.

use std::time::Duration;

use groupkeeper_registry::Config;
use groupkeeper_registry::machine::{BatchChange, Effect, StoreWork};
use groupkeeper_registry::peer::{Ack, Changes, News};
use groupkeeper_types::Moment;

use crate::drive::{Driven, ack, decision, gateway, heartbeat, record, stamp};

const MS: Duration = Duration::from_millis(1);

fn heartbeat_is_sent(follower: &mut Driven) -> bool {
    let sent = follower.take(|effect| match effect {
        Effect::Heartbeat { op, .. } => Some(*op),
        _ => None,
    });
    sent.is_some()
}

#[test]
fn a_follower_asks_when_it_is_told_to_and_never_later_than_usual() {
    let usual = Config::default().timing.heartbeat_every;
    for (told, waits) in [
        (Some(20 * MS), 20 * MS),
        (Some(Duration::from_nanos(1)), MS),
        (Some(3_600 * 1_000 * MS), usual),
        (None, usual),
    ] {
        let leader = record(&gateway(2), stamp(1, 5), stamp(1, 5));
        let mut follower = Driven::new(&gateway(1));
        let nothing = Changes::Since(Vec::new());
        let ack = Ack {
            ask_again: told,
            ..ack(stamp(1, 5), stamp(0, 0), nothing)
        };
        follower.acked(&leader, ack);
        follower.pass(waits - MS / 2);
        assert!(!heartbeat_is_sent(&mut follower), "{told:?}");
        follower.pass(MS);
        assert!(heartbeat_is_sent(&mut follower), "{told:?}");
    }
}

/// Gateway 3 falls silent, and the store takes this long to take in that its groups have moved: how
/// long after that gateway 2 hears of it, and how many heartbeats it has sent since 3 was taken for
/// gone.
fn hears_of_a_failover(store_takes: Duration) -> (Duration, u32) {
    let timing = Config::default().timing;
    let found = record(&gateway(1), stamp(1, 5), stamp(1, 5));
    let mut leader = Driven::leading(&gateway(1), &found, &[gateway(2), gateway(3)]);
    leader.list(&[decision("g", 3, stamp(1, 2))]);
    let says = |n, leader: &mut Driven| {
        let said = heartbeat(&gateway(n), 2, stamp(2, 1));
        leader.heartbeat(said).expect("it is let in")
    };
    for n in [2, 3] {
        says(n, &mut leader);
    }
    leader.write_all();
    let silent_since = leader.now;
    says(3, &mut leader);
    let (mut due, mut written, mut count) = (leader.now, Moment::NEVER, 0);
    let mut moving = None;
    loop {
        let gone = leader.now >= silent_since + timing.wait();
        if gone && moving.is_none() {
            moving = leader.take(|effect| match effect {
                Effect::Store {
                    op,
                    work: StoreWork::Commit(batch),
                } if !batch.next.failovers.is_empty() => Some(*op),
                _ => None,
            });
            if moving.is_some() {
                written = leader.now + store_takes;
            }
        }
        if let Some(op) = moving.filter(|_| leader.now == written) {
            leader.written(op, Ok(()));
        }
        if moving.is_none() {
            leader.write_all();
        }
        if leader.now >= due {
            let ack = says(2, &mut leader);
            count += u32::from(gone);
            let usual = timing.heartbeat_every;
            due = leader.now + ack.ask_again.map_or(usual, |sooner| sooner.min(usual));
            let Changes::Since(news) = ack.changes else {
                panic!("it has heard of everything else");
            };
            if news.iter().any(|news| matches!(news, News::FailedOver(_))) {
                return (leader.now.since(written), count);
            }
        }
        assert!(
            leader.now < silent_since + 4 * timing.wait(),
            "it never hears"
        );
        leader.pass(MS);
    }
}

#[test]
fn gateways_that_are_to_ask_at_one_moment_ask_one_after_the_other() {
    let found = record(&gateway(1), stamp(1, 5), stamp(1, 5));
    let all: Vec<_> = (2..7).map(gateway).collect();
    let mut leader = Driven::leading(&gateway(1), &found, &all);
    leader.list(&[]);
    let says = |n, leader: &mut Driven| {
        let said = heartbeat(&gateway(n), 2, stamp(2, 1));
        leader.heartbeat(said).expect("it is let in").ask_again
    };
    // Gateway 6 never shows itself.
    leader.pass_with_store(Config::default().timing.wait() - 200 * MS);
    let wishes: Vec<_> = (2..6)
        .map(|n| says(n, &mut leader).expect("soon"))
        .collect();
    assert!(wishes.is_sorted_by(|a, b| a < b), "{wishes:?}");
}

#[test]
fn a_file_is_behind_until_it_is_written() {
    let found = record(&gateway(1), stamp(1, 5), stamp(1, 5));
    let mut leader = Driven::leading(&gateway(1), &found, &[gateway(2)]);
    leader.list(&[decision("g", 2, stamp(1, 2))]);
    leader.pass_with_store(Config::default().timing.wait() - 50 * MS);
    assert_eq!(leader.machine.head().behind, 0);
    // Just so far that the move is written, and no more.
    for _ in 0..100 {
        leader.pass(MS);
        let moves = leader.take(|effect| match effect {
            Effect::Store {
                op,
                work: StoreWork::Commit(batch),
            } if !batch.next.failovers.is_empty() => Some(*op),
            _ => None,
        });
        if let Some(op) = moves {
            leader.written(op, Ok(()));
            break;
        }
        leader.write_all();
    }
    let rewrites = |work: &StoreWork| {
        let StoreWork::Commit(batch) = work else {
            return false;
        };
        let rewrites = |change: &BatchChange| matches!(change, BatchChange::Rewrite(_));
        batch.changes.iter().any(rewrites)
    };
    assert!(leader.has_store(rewrites), "its file is on its way");
    assert_eq!(leader.machine.head().behind, 1);
    leader.write_all();
    assert_eq!(leader.machine.head().behind, 0);
}

#[test]
fn a_failover_is_heard_of_soon_after_it_is_written() {
    let usual = Config::default().timing.heartbeat_every;
    for (takes, late) in [(MS, 25 * MS), (50 * MS, 50 * MS), (300 * MS, usual)] {
        let (after, count) = hears_of_a_failover(takes);
        assert!(after <= late, "{after:?} after a write of {takes:?}");
        assert!(count <= 7, "{count} heartbeats");
    }
    // The store is slow: that costs no more heartbeats than usual.
    let (_, count) = hears_of_a_failover(10 * usual);
    assert!(count <= 7 + 10, "{count} heartbeats");
}
