//! Decisions that a new epoch does not stand on: whoever holds by one lets go of it, and of nothing else.

use groupkeeper_assignment_store::{LeaderRecord, Lineage};
use groupkeeper_registry::machine::Effect;
use groupkeeper_registry::peer::{Ack, Changes, Decision};
use groupkeeper_types::Stamp;

use crate::drive::{Driven, ack, decision, gateway, record, stamp};

/// What epoch 7 stands on.
fn lineage() -> Lineage {
    Lineage::up_to(stamp(3, 1)).followed_by(stamp(6, 40))
}

/// Its last commit, and up to where it is settled.
const LAST: (u64, u64) = (7, 50);
const SETTLED: (u64, u64) = (7, 45);

/// Decisions that gateway 1 holds a group by each, and whether they stand after [`LAST`].
const HELD: [((u64, u64), bool); 6] = [
    ((6, 40), true),
    (SETTLED, true),
    // It may be half of a commit.
    ((7, 46), false),
    (LAST, false),
    // The store has lost it.
    ((7, 51), false),
    // It was made on another copy of the store.
    ((5, 2), false),
];

fn held() -> impl Iterator<Item = (Decision, bool)> {
    HELD.iter()
        .enumerate()
        .map(|(n, ((epoch, revision), stands))| {
            let by = stamp(*epoch, *revision);
            (decision(&format!("g{n}"), 1, by), *stands)
        })
}

fn at((epoch, revision): (u64, u64)) -> Stamp {
    stamp(epoch, revision)
}

/// A gateway that holds all of them, in the session of a leader of epoch 7 that has come further.
fn holding() -> Driven {
    let mut follower = Driven::new(&gateway(1));
    let newest = stamp(7, 60);
    let news = held().map(|(decision, _)| decision.into()).collect();
    let said = Ack {
        lineage: Some(lineage()),
        ..ack(newest, stamp(6, 40), Changes::Since(news))
    };
    follower.acked(&record(&gateway(2), newest, stamp(6, 40)), said);
    for (decision, _) in held() {
        let owned = follower.machine.owns(&decision.group, follower.now);
        assert_eq!(owned, Some(decision.stamp));
    }
    follower
}

fn has_let_go(driven: &Driven) {
    for (decision, stands) in held() {
        let Decision { group, stamp, .. } = decision;
        let owned = driven.machine.owns(&group, driven.now).is_some();
        assert_eq!(owned, stands, "{stamp}");
        assert_eq!(driven.has(&Effect::Release(group)), !stands, "{stamp}");
    }
}

#[test]
fn a_follower_lets_go_of_what_the_next_leader_does_not_stand_on() {
    let mut follower = holding();
    let next = stamp(8, 61);
    let said = Ack {
        lineage: Some(lineage().followed_by(at(LAST))),
        ..ack(next, at(SETTLED), Changes::Since(Vec::new()))
    };
    follower.acked(&record(&gateway(3), next, at(SETTLED)), said);
    has_let_go(&follower);
    for (decision, stands) in held() {
        let forgotten = follower.has(&Effect::Forget(decision.group));
        assert_eq!(forgotten, !stands, "{}", decision.stamp);
    }
}

#[test]
fn a_new_leader_lets_go_of_what_it_does_not_stand_on_itself() {
    let mut leader = holding();
    let found = LeaderRecord {
        lineage: lineage(),
        ..record(&gateway(2), at(LAST), at(SETTLED))
    };
    leader.begin(&found);
    has_let_go(&leader);
    assert!(leader.has(&Effect::ForgetAll));
}
