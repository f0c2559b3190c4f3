use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use groupkeeper_types::{
    Epoch, GatewayAddr, Incarnation, Nonce, Revision, RpcAddr, Stamp, WallTime,
};

use super::Fixture;
use super::leader::{Leader, contents, group};
use super::runner::cases;
use crate::{
    Assignment, Change, Expected, Failover, Failovers, LeaderRecord, Leases, Lineage, OtherVersion,
};

cases!("values":
    stamps_come_back_as_they_were,
    times_come_back_as_they_were,
    coordinators_come_back_as_they_were,
    the_record_comes_back_as_it_was,
);

/// Assigns these, and checks that each is loaded and listed unchanged.
async fn round_trip(fixture: &Fixture, assignments: Vec<Assignment>) {
    let mut leader = Leader::first(&fixture.store).await;
    leader
        .commit(assignments.iter().cloned().map(Change::Assign).collect())
        .await;
    let listed = contents(&fixture.store).await.assignments;
    assert_eq!(listed.len(), assignments.len());
    for assignment in assignments {
        let loaded = fixture.store.load(&assignment.group).await;
        assert_eq!(loaded.as_ref(), Ok(&Some(assignment.clone())));
        assert_eq!(listed.get(&assignment.group), Some(&assignment));
    }
}

fn assignment(name: &str) -> Assignment {
    Assignment {
        group: group(name),
        coordinator: GatewayAddr::new("gateway:9092").expect("a proper address"),
        stamp: Stamp::ZERO,
        assigned_at: WallTime::EPOCH,
    }
}

async fn stamps_come_back_as_they_were(fixture: Fixture) {
    let edges = [
        0,
        1,
        1 << 31,
        1 << 53,
        (1 << 53) + 1,
        i64::MAX as u64,
        u64::MAX,
    ];
    let mut assignments = Vec::new();
    for epoch in edges {
        for revision in edges {
            let stamp = Stamp::new(Epoch::new(epoch), Revision::new(revision));
            assignments.push(Assignment {
                stamp,
                ..assignment(&format!("{stamp}"))
            });
        }
    }
    round_trip(&fixture, assignments).await;
}

async fn times_come_back_as_they_were(fixture: Fixture) {
    // Before 1970, whole seconds, single milliseconds, the last moment of the year 9999.
    let times = [
        0,
        -1,
        -62_135_596_800_000,
        1,
        1_000,
        1_795_000_000_007,
        253_402_300_799_999,
    ];
    let timed = |time: i64| Assignment {
        assigned_at: WallTime::from_millis(time),
        ..assignment(&format!("at {time}"))
    };
    round_trip(&fixture, times.into_iter().map(timed).collect()).await;
}

async fn coordinators_come_back_as_they_were(fixture: Fixture) {
    let long = format!("{}h:65535", "h.".repeat(126));
    let addrs = ["g:1", "127.0.0.1:9092", "[::1]:9092", "a_b-c.d:1", &long];
    let named = |addr: &str| Assignment {
        coordinator: GatewayAddr::new(addr).expect("a proper address"),
        ..assignment(addr)
    };
    round_trip(&fixture, addrs.into_iter().map(named).collect()).await;
}

async fn the_record_comes_back_as_it_was(fixture: Fixture) {
    let store = &fixture.store;
    let mut expected = Expected::DoesNotExist;
    for (number, leader) in [
        (0, "[::1]:1"),
        ((1 << 53) + 1, "h:1"),
        (u64::MAX, "g:65535"),
    ] {
        let record = LeaderRecord {
            epoch: Epoch::new(number),
            revision: Revision::new(number),
            leader: GatewayAddr::new(leader).expect("a proper address"),
            incarnation: Incarnation::new(number),
            rpc: RpcAddr::new(leader).expect("a proper address"),
            nonce: Nonce::new(number),
            lineage: lineage(number),
            floor: Stamp::new(Epoch::new(number), Revision::new(number)),
            settled: Stamp::ZERO,
            failovers: failovers(number),
            leases: (number % 2 == 1).then_some(Leases {
                given: Duration::from_micros(number),
                running: Duration::MAX,
            }),
            other: OtherVersion::default(),
        };
        assert_eq!(store.begin(&expected, &record).await, Ok(()));
        assert_eq!(store.record().await, Ok(Some(record.clone())));
        assert_eq!(store.verify(&record).await, Ok(()));
        expected = Expected::Matches(record);
    }
}

/// As long as it can be.
fn lineage(number: u64) -> Lineage {
    let term = |nth: u64| (Epoch::new(number - number.min(nth)), Revision::new(number));
    Lineage::new(Epoch::new(number), (0..64).map(term).collect())
}

/// As many as a record carries, each as long as it may be.
fn failovers(number: u64) -> Failovers {
    let addr = |kind: &str, n: usize| {
        let filler = "x".repeat(50);
        let name = format!("{kind}-{n:0>50}.{filler}.{filler}.{filler}:9092");
        GatewayAddr::new(&name).expect("a proper address")
    };
    let failover = |nth: u64| {
        let stamp = Stamp::new(Epoch::new(number), Revision::new(nth));
        let gone = (0..70).map(|n| addr("gone", n)).collect();
        let among = (0..70)
            .map(|n| (addr("left", n), NonZeroU32::MAX))
            .collect();
        Arc::new(Failover::new(stamp, gone, "rendezvous/1", among).expect("within its limits"))
    };
    let most = Failovers::MAX as u64;
    Failovers::new((0..most).map(failover).collect()).expect("within its limits")
}
