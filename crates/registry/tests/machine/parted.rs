//! A store that was parted: two leaders on two copies, and what becomes of the one that lost.

use std::time::Duration;

use groupkeeper_assignment_store::{LeaderRecord, Lineage};
use groupkeeper_registry::machine::{BatchChange, Effect, StoreWork};
use groupkeeper_registry::peer::{Ack, Changes, Heartbeat, PeerError, Revokes};
use groupkeeper_types::{Epoch, GroupName, Revision, Stamp};

use crate::drive::{Driven, ack, addr, decision, gateway, heartbeat, record, stamp};
use crate::stored::{commits, is_told, leading, list, listed, live, load, until_scrub};

/// An epoch of this number and tag.
fn at(number: u64, tag: u64, revision: u64) -> Stamp {
    Stamp::new(Epoch::new(number << 32 | tag), Revision::new(revision))
}

fn group(name: &str) -> GroupName {
    GroupName::new(name).unwrap()
}

/// A follower that holds `old` by a decision of epoch 4, and `new` by one of the epoch that it stands on.
fn holding(epoch: Stamp) -> Driven {
    let mut follower = Driven::new(&gateway(1));
    let held = [decision("old", 1, stamp(4, 7)), decision("new", 1, epoch)];
    let news = held.into_iter().map(Into::into).collect();
    let lineage = Lineage::up_to(stamp(3, 1)).followed_by(stamp(4, 40));
    let said = Ack {
        lineage: Some(lineage),
        ..ack(epoch, stamp(4, 40), Changes::Since(news))
    };
    follower.acked(&record(&gateway(2), epoch, stamp(4, 40)), said);
    for name in ["old", "new"] {
        assert!(follower.machine.owns(&group(name), follower.now).is_some());
    }
    follower
}

/// It hears of a leader whose epoch stands on these.
fn hears_of(follower: &mut Driven, epoch: Stamp, lineage: Lineage) {
    let settled = stamp(4, 40);
    let said = Ack {
        lineage: Some(lineage),
        inherited_over: false,
        ..ack(epoch, settled, Changes::Reset)
    };
    follower.acked(&record(&gateway(3), epoch, settled), said);
}

#[test]
fn who_stood_on_another_copy_lets_go_of_everything_and_joins_anew() {
    // Whichever of the two is greater, and also of what both copies have: it may have moved on the other.
    for (own, winner) in [(at(5, 1, 60), at(5, 2, 60)), (at(5, 2, 60), at(6, 1, 60))] {
        let mut follower = holding(own);
        let common = Lineage::up_to(stamp(3, 1)).followed_by(stamp(4, 40));
        hears_of(&mut follower, winner, common);
        for name in ["old", "new"] {
            assert_eq!(follower.machine.owns(&group(name), follower.now), None);
        }
        assert!(follower.has(&Effect::ReleaseAll) && follower.has(&Effect::ForgetAll));
        assert!(is_told(&mut follower, "does not stand on"));
    }
}

#[test]
fn who_stands_on_the_same_history_keeps_what_it_holds() {
    let own = at(5, 2, 60);
    let mut follower = holding(own);
    let common = Lineage::up_to(stamp(3, 1)).followed_by(stamp(4, 40));
    hears_of(&mut follower, at(6, 1, 61), common.followed_by(own));
    assert!(follower.machine.owns(&group("old"), follower.now).is_some());
    assert!(!is_told(&mut follower, "does not stand on"));
}

#[test]
fn it_acts_under_no_token_below_the_one_that_it_is_told() {
    let own = at(5, 2, 60);
    let mut follower = holding(own);
    let floor = at(5, 2, 77);
    let said = Ack {
        token_floor: floor,
        ..ack(at(5, 2, 77), stamp(4, 40), Changes::Since(Vec::new()))
    };
    follower.acked(&record(&gateway(2), own, stamp(4, 40)), said);
    assert_eq!(
        follower.machine.owns(&group("old"), follower.now),
        Some(floor)
    );
    assert_eq!(follower.machine.head().token_floor, floor);
}

/// What the one that leads now decides is acted on under its own lease alone: a lease of the other copy's
/// leader is nothing that it waits for.
#[test]
fn a_lease_ends_where_another_history_or_a_greater_floor_is_heard_of() {
    let own = at(5, 2, 60);
    let common = Lineage::up_to(stamp(3, 1)).followed_by(stamp(4, 40));
    let winner = at(6, 1, 61);
    let given = || Changes::Since(vec![decision("given", 1, winner).into()]);
    let of_another = Ack {
        lineage: Some(common.clone()),
        ..ack(winner, stamp(4, 40), given())
    };
    let under_a_floor = Ack {
        lineage: Some(common.followed_by(own)),
        token_floor: winner,
        ..ack(winner, stamp(4, 40), given())
    };
    for said in [of_another, under_a_floor] {
        let mut follower = holding(own);
        let leader = record(&gateway(3), winner, stamp(4, 40));
        let unleased = Ack {
            lease: Duration::ZERO,
            ..said.clone()
        };
        follower.acked(&leader, unleased);
        assert!(follower.machine.head().lease_until <= follower.now);
        assert_eq!(follower.machine.owns(&group("given"), follower.now), None);
        follower.acked(&leader, said);
        let owns = follower.machine.owns(&group("given"), follower.now);
        assert!(owns.is_some());
    }
}

#[test]
fn with_a_new_floor_only_what_this_leader_decided_is_held_until_earlier_leases_are_over() {
    let own = at(5, 2, 60);
    for (held, over) in [(false, false), (true, true)] {
        let mut follower = holding(own);
        let said = Ack {
            token_floor: at(5, 2, 77),
            inherited_over: over,
            ..ack(at(5, 2, 77), stamp(4, 40), Changes::Since(Vec::new()))
        };
        follower.acked(&record(&gateway(2), own, stamp(4, 40)), said);
        let owns = |name: &str| follower.machine.owns(&group(name), follower.now).is_some();
        assert!(owns("new"));
        assert_eq!(owns("old"), held);
    }
}

#[test]
fn what_was_given_up_is_not_held_again_under_a_new_floor() {
    let own = at(5, 2, 60);
    // Asked for with the first answer, or with the one that brings the floor.
    for asked in 0..2 {
        let mut follower = holding(own);
        for answer in 0..2 {
            let mut said = ack(at(5, 2, 77), stamp(4, 40), Changes::Since(Vec::new()));
            if answer >= asked {
                said.revokes = Revokes {
                    number: 1,
                    groups: vec![(group("new"), own)],
                };
            }
            if answer == 1 {
                said.token_floor = at(5, 2, 77);
            }
            follower.acked(&record(&gateway(2), own, stamp(4, 40)), said);
        }
        let owns = |name: &str| follower.machine.owns(&group(name), follower.now).is_some();
        assert!(owns("old") && !owns("new"), "asked with answer {asked}");
    }
}

#[test]
fn a_gateway_is_told_by_which_commit_it_was_let_in() {
    let found = record(&gateway(3), stamp(5, 50), stamp(5, 50));
    let mut leader = Driven::leading(&gateway(1), &found, &[]);
    let said = || heartbeat(&gateway(2), 6, Stamp::ZERO);
    let before = leader.heartbeat(said()).unwrap();
    assert_eq!(before.token_floor, Stamp::ZERO);
    leader.write_all();
    let after = leader.heartbeat(said()).unwrap();
    assert_eq!(after.token_floor.epoch, leader.epoch());
    // Another process at that address gets a greater one.
    leader.pass_with_store(Duration::from_secs(1));
    let again = Heartbeat {
        announce: true,
        ..heartbeat(&crate::drive::again(&gateway(2)), 6, Stamp::ZERO)
    };
    let mut floor = Stamp::ZERO;
    for _ in 0..40 {
        floor = leader.heartbeat(again.clone()).unwrap().token_floor;
        leader.pass_with_store(Duration::from_millis(200));
    }
    assert!(floor > after.token_floor, "{floor}");
}

#[test]
fn who_tells_of_another_history_waits_until_no_token_is_less_than_any_of_it() {
    let mut leader = leading(vec![listed(&decision("g", 3, stamp(5, 3)))]);
    leader.write_all();
    let stood = at(5, 9, 0).epoch;
    let stranger = Heartbeat {
        stood,
        ..heartbeat(&gateway(2), 6, Stamp::ZERO)
    };
    let refused = leader.heartbeat(stranger.clone());
    assert!(matches!(refused, Err(PeerError::NotAvailable { .. })));
    leader.write_all();
    let ack = leader.heartbeat(stranger).unwrap();
    assert!(ack.token_floor.epoch == leader.epoch() && ack.token_floor.epoch > stood);
    assert_eq!(ack.changes, Changes::Reset);
    // Who tells of this one never waits.
    let own = Heartbeat {
        stood: stamp(5, 0).epoch,
        ..heartbeat(&gateway(3), 6, Stamp::ZERO)
    };
    let ack = leader.heartbeat(own).unwrap();
    assert_eq!(ack.token_floor.epoch, leader.epoch());
}

#[test]
fn a_leader_that_stood_on_another_history_begins_with_a_floor() {
    let mut follower = holding(at(5, 2, 60));
    follower.begin(&record(&gateway(3), at(5, 1, 44), stamp(4, 40)));
    let head = follower.machine.head();
    assert_eq!(follower.machine.owns(&group("old"), follower.now), None);
    follower.gateways_read(&[gateway(1)]);
    follower.list(&[]);
    follower.write_all();
    assert!(follower.machine.head().token_floor >= head.applied);
}

#[test]
fn a_leader_whose_newest_decisions_were_lost_begins_with_a_floor() {
    let mut follower = holding(at(5, 2, 60));
    // The epoch is of this history, and ended there before what this gateway has applied.
    let common = Lineage::up_to(stamp(3, 1)).followed_by(stamp(4, 40));
    let found = LeaderRecord {
        lineage: common.followed_by(at(5, 2, 50)),
        ..record(&gateway(3), at(6, 1, 55), stamp(4, 40))
    };
    follower.begin(&found);
    let begun = follower.machine.head().applied;
    follower.gateways_read(&[gateway(1)]);
    follower.list(&[]);
    follower.write_all();
    assert!(follower.machine.head().token_floor >= begun);
}

/// A leader on another copy did that, and gave its groups away, while its lease was running here.
#[test]
fn a_leader_that_was_dismissed_holds_nothing_of_what_it_held_before() {
    let own = at(5, 2, 60);
    let mut follower = holding(own);
    let common = Lineage::up_to(stamp(3, 1)).followed_by(stamp(4, 40));
    let found = LeaderRecord {
        lineage: common.followed_by(own),
        ..record(&gateway(3), at(6, 1, 70), at(6, 1, 70))
    };
    follower.begin(&found);
    follower.gateways_read(&[gateway(3)]);
    follower.write_all();
    assert!(follower.machine.head().lease_until > follower.now);
    for name in ["old", "new"] {
        assert_eq!(follower.machine.owns(&group(name), follower.now), None);
    }
    assert!(follower.has(&Effect::ReleaseAll));
}

#[test]
fn what_another_copy_decided_is_decided_again_when_everybody_has_given_it_up() {
    let mut leader = leading(vec![listed(&decision("g", 2, at(5, 9, 70)))]);
    assert!(is_told(&mut leader, "only knew of"));
    // Gateway 3 hears nothing for long, and may hold it by a decision that was overwritten.
    let (mut heard, mut asked) = ([0; 2], false);
    for _ in 0..6 {
        let said = heartbeat(&gateway(3), 6, Stamp::ZERO);
        let revokes = leader.heartbeat(said).unwrap().revokes.groups;
        asked |= revokes.iter().any(|(name, _)| *name == group("g"));
        let changes = live(&mut leader, &[gateway(2)], &mut heard[..1]);
        let assigns = |change: &BatchChange| matches!(change, BatchChange::Assign(_));
        assert!(
            !changes.iter().any(assigns),
            "gateway 3 may have it: {changes:?}"
        );
    }
    assert!(asked, "gateway 3 is asked to give it up");
    let mut changes = Vec::new();
    for _ in 0..4 {
        changes.extend(live(&mut leader, &[gateway(2), gateway(3)], &mut heard));
    }
    let own = leader.epoch();
    let again = |change: &BatchChange| matches!(change, BatchChange::Assign(d) if d.coordinator == addr(2) && d.stamp.epoch == own);
    assert!(changes.iter().any(again), "{changes:?}");
    let ack = leader.heartbeat(heartbeat(&gateway(3), 6, Stamp::ZERO));
    let ack = ack.unwrap();
    assert_eq!(ack.revokes.groups, [], "nobody is asked any more");
    assert_eq!(ack.token_floor.epoch, own);
}

#[test]
fn what_another_copy_decided_waits_for_gateways_that_it_made_unknown() {
    let mut leader = leading(vec![listed(&decision("g", 2, at(5, 9, 70)))]);
    let wait = groupkeeper_registry::Config::default().timing.wait();
    let (end, mut heard) = (leader.now + wait, [0; 2]);
    loop {
        let changes = live(&mut leader, &[gateway(2), gateway(3)], &mut heard);
        let assigns = |change: &BatchChange| matches!(change, BatchChange::Assign(_));
        if changes.iter().any(assigns) {
            break;
        }
        assert!(leader.now < end + wait, "it is decided in the end");
    }
    let early = Duration::from_millis(100);
    assert!(leader.now + early >= end, "{:?}", leader.now);
}

#[test]
fn what_another_copy_has_written_over_a_known_group_is_written_again_as_it_was() {
    let g = decision("g", 3, stamp(5, 3));
    let mut leader = leading(vec![listed(&g)]);
    let (op, _) = until_scrub(&mut leader);
    let swapped = decision("g", 2, at(5, 9, 70));
    list(&mut leader, op, vec![listed(&swapped)]);
    load(&mut leader, "g", &Ok(Some(&swapped)));
    let changes = commits(&mut leader);
    assert_eq!(changes, [BatchChange::Rewrite(g)]);
    assert!(!leader.has_store(|work| matches!(work, StoreWork::ReadRecord)));
}
