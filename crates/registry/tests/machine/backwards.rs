//! A leader record that went backwards is told of, and takes a higher epoch.

use groupkeeper_registry::Config;
use groupkeeper_registry::machine::{Answer, BatchChange, Effect, Input, StoreWork};
use groupkeeper_registry::peer::{Ack, Changes, PeerError, Role};
use groupkeeper_types::{Epoch, Revision, Stamp};

use crate::drive::{Driven, ack, again, decision, gateway, record, stamp};
use crate::stored::{begins_again, is_told, leading, listed, until_scrub};

/// Two epochs of one number, the lesser first.
fn twins(number: u64) -> [Epoch; 2] {
    [3, 0xffff_fff0].map(|tag| Epoch::new(number << 32 | tag))
}

#[test]
fn what_a_leader_of_a_greater_epoch_decided_takes_a_higher_one() {
    // The record went back to (5, 50), and this leader's epoch has the same number as the lost one.
    let [_, greater] = twins(6);
    let lost = decision("g", 2, Stamp::new(greater, Revision::new(70)));
    let mut leader = leading(vec![listed(&lost)]);
    assert!(is_told(&mut leader, "went backwards"));
    assert!(begins_again(&mut leader));
    let found = record(&gateway(1), stamp(6, 51), stamp(5, 50));
    leader.answer_store(|work| match work {
        StoreWork::ReadRecord => Some(Answer::Record(Ok(Some(found.clone())))),
        _ => None,
    });
    let begun = leader.take(|effect| match effect {
        Effect::Store {
            work: StoreWork::Begin { next, .. },
            ..
        } => Some(next.epoch.number()),
        _ => None,
    });
    assert_eq!(begun, Some(7));
}

#[test]
fn what_it_has_not_decided_in_its_own_epoch_takes_a_higher_one() {
    let found = record(&gateway(3), stamp(5, 50), stamp(5, 50));
    let mut leader = Driven::leading(&gateway(1), &found, &[]);
    let own = Stamp::new(leader.epoch(), Revision::new(50));
    leader.list(&[decision("g", 2, own)]);
    assert!(is_told(&mut leader, "has not decided"));
    assert!(begins_again(&mut leader));
}

#[test]
fn a_gateway_tells_a_leader_of_a_lesser_epoch_of_the_greater_one() {
    let [lesser, greater] = twins(5);
    let at = |epoch, revision| Stamp::new(epoch, Revision::new(revision));
    let mut follower = Driven::new(&gateway(1));
    let first = record(&gateway(2), at(greater, 60), stamp(4, 40));
    let said = ack(at(greater, 60), stamp(4, 40), Changes::Since(Vec::new()));
    follower.acked(&first, said);
    // Its leader is gone; on another copy of the store, another has begun epoch 5 on epoch 4 too.
    follower.pass(Config::default().timing.heartbeat_every);
    let refused = PeerError::NotLeader { leader: None };
    let op = follower.take(|effect| match effect {
        Effect::Heartbeat { op, .. } => Some(*op),
        _ => None,
    });
    let answer = Answer::Acked(Err(refused));
    let op = op.expect("it sends a heartbeat");
    follower.step(Input::Answer { op, answer });
    follower.pass(Config::default().timing.retry_every);
    let second = record(&gateway(3), at(lesser, 90), stamp(4, 40));
    follower.answer_store(|work| match work {
        StoreWork::ReadRecord => Some(Answer::Record(Ok(Some(second.clone())))),
        _ => None,
    });
    let said = follower.take(|effect| match effect {
        Effect::Heartbeat { to, heartbeat, .. } => Some((to.clone(), heartbeat.clone())),
        _ => None,
    });
    let (to, said) = said.expect("it tells the second leader");
    assert_eq!((to, said.epoch, said.stood), (second.rpc, greater, greater));
    // It ends that leader's term.
    let found = record(&gateway(2), stamp(3, 40), stamp(3, 40));
    let mut leader = Driven::leading(&gateway(3), &found, &[]);
    assert!(leader.heartbeat(said).is_err());
    assert_ne!(leader.machine.head().role, Role::Leader);
}

#[test]
fn a_leader_that_was_started_again_and_leads_again_is_no_second_leader_of_its_epoch() {
    let mut follower = Driven::new(&gateway(1));
    // The record that was read last is of the process before; the new one answers at its address.
    let first = record(&gateway(2), stamp(1, 5), stamp(1, 5));
    let second = record(&again(&gateway(2)), stamp(2, 6), stamp(1, 5));
    let said = ack(stamp(2, 6), stamp(1, 5), Changes::Since(Vec::new()));
    follower.acked(&first, said);
    follower.pass(Config::default().timing.heartbeat_every);
    let lost = follower.take(|effect| match effect {
        Effect::Heartbeat { op, .. } => Some(*op),
        _ => None,
    });
    follower.lose(lost.expect("it sends a heartbeat"));
    follower.answer_store(|work| match work {
        StoreWork::ReadRecord => Some(Answer::Record(Ok(Some(second.clone())))),
        _ => None,
    });
    assert!(!is_told(&mut follower, "went backwards"));
    let said = follower.take(|effect| match effect {
        Effect::Heartbeat { heartbeat, .. } => Some(heartbeat.epoch),
        _ => None,
    });
    assert_eq!(said, Some(stamp(2, 6).epoch));
    assert_eq!(follower.machine.head().problem, None);
}

#[test]
fn an_assignment_beyond_what_the_record_knew_of_tells_that_it_went_backwards() {
    // The commit after the record's may have stopped half way.
    let mut leader = leading(vec![listed(&decision("g", 2, stamp(5, 51)))]);
    assert!(!is_told(&mut leader, "only knew of"));
    let beyond = ["g", "h"].map(|group| listed(&decision(group, 2, stamp(5, 52))));
    let mut leader = leading(beyond.to_vec());
    assert!(is_told(&mut leader, "only knew of"));
    assert!(!is_told(&mut leader, "only knew of"), "once is enough");
    // And they are decided again.
    let (_, changes) = until_scrub(&mut leader);
    let again = |change: &&BatchChange| matches!(change, BatchChange::Assign(decision) if decision.stamp.epoch.number() == 6);
    assert_eq!(changes.iter().filter(again).count(), 2, "{changes:?}");
}

#[test]
fn a_record_of_an_older_epoch_than_was_seen_went_backwards() {
    for (epoch, backwards) in [(5, false), (4, true)] {
        let mut driven = Driven::new(&gateway(1));
        let seen = record(&gateway(2), stamp(5, 60), stamp(5, 60));
        let said = ack(stamp(5, 0), Stamp::ZERO, Changes::Since(Vec::new()));
        // It has heard of no decision of that epoch.
        let said = Ack {
            stamp: stamp(4, 10),
            ..said
        };
        driven.acked(&seen, said);
        driven.take_over(
            &record(&gateway(2), stamp(epoch, 70), stamp(epoch, 70)),
            &[],
        );
        assert_eq!(is_told(&mut driven, "went backwards"), backwards);
    }
}
