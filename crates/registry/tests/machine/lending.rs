//! A leader that no other gateway hears: it lends the lock, and goes on where nobody takes it.

use std::time::Duration;

use groupkeeper_assignment_store::{GatewayRecord, LeaderRecord, ReadError, WriteError};
use groupkeeper_registry::Config;
use groupkeeper_registry::machine::{Answer, CallId, Effect, Input, LockNews, Reply, StoreWork};
use groupkeeper_registry::peer::{Ack, Changes, Heartbeat, Role};
use groupkeeper_types::{GroupName, Moment, Timing};

use crate::drive::{Driven, ack, decision, gateway, heartbeat, record, stamp};

const STEP: Duration = Duration::from_millis(10);

/// The epoch after the first that leads here, with a tag.
const NEXT: u64 = 7 << 32 | 1;

/// How long others are let try: four times c.
const TURN: Duration = Duration::from_secs(1);

fn timing() -> Timing {
    Timing::default()
}

/// Gateway 1 leads, and has a group; these are stored.
fn leading(stored: &[GatewayRecord]) -> Driven {
    let mut leader = Driven::with(&gateway(1), Config::default());
    leader.take_over(&record(&gateway(3), stamp(5, 50), stamp(5, 50)), stored);
    leader.list(&[decision("mine", 1, stamp(5, 3))]);
    leader.write_all();
    leader
}

/// All three have been there for long enough that what earlier leaders gave counts.
fn fleet() -> Driven {
    let mut leader = leading(&[gateway(1), gateway(2), gateway(3)]);
    let begun = leader.now;
    while leader.now < begun + timing().wait() {
        for n in [2, 3] {
            say(&mut leader, n, Duration::ZERO);
        }
        leader.pass_with_store(timing().heartbeat_every);
    }
    assert!(owns(&leader) && !lends(&mut leader));
    leader
}

/// A gateway that has a session says for how long it has heard nothing.
fn say(leader: &mut Driven, n: u16, unanswered: Duration) {
    let said = Heartbeat {
        members_version: 1,
        unanswered,
        ..heartbeat(&gateway(n), 6, leader.machine.head().applied)
    };
    leader.heartbeat(said).unwrap();
}

fn says(leader: &mut Driven, unanswered: Duration) {
    say(leader, 2, unanswered);
}

fn lends(leader: &mut Driven) -> bool {
    let yields = |effect: &Effect| matches!(effect, Effect::YieldLock).then_some(());
    leader.take(yields).is_some()
}

fn campaigns(leader: &mut Driven) -> bool {
    let stands = |effect: &Effect| matches!(effect, Effect::Campaign).then_some(());
    leader.take(stands).is_some()
}

/// When it lends the lock, if it does so within this time.
fn lends_within(leader: &mut Driven, span: Duration) -> Option<Moment> {
    let end = leader.now + span;
    while leader.now < end {
        if lends(leader) {
            return Some(leader.now);
        }
        leader.pass_with_store(STEP);
    }
    None
}

fn has_lock(leader: &mut Driven) {
    let until = leader.now + Duration::from_secs(3_600);
    leader.step(Input::Lock(LockNews::Mine { until }));
}

/// Nobody takes the lock while it is lent.
fn gets_it_back(leader: &mut Driven) {
    for _ in 0..200 {
        leader.pass_with_store(STEP);
        if campaigns(leader) {
            return has_lock(leader);
        }
    }
    panic!("it never wants the lock back");
}

fn owns(gateway: &Driven) -> bool {
    let mine = GroupName::new("mine").unwrap();
    gateway.machine.owns(&mine, gateway.now).is_some()
}

fn is_found(leader: &mut Driven, call: CallId) -> bool {
    matches!(leader.reply(call), Some(Reply::Found(Ok(_))))
}

fn close(found: Duration, wanted: Duration) -> bool {
    found >= wanted && found < wanted + timing().retry_every + 2 * STEP
}

#[test]
fn it_decides_nothing_while_the_lock_is_lent_and_what_it_has_stays_its_own() {
    let mut leader = fleet();
    says(&mut leader, Duration::ZERO);
    let heard = leader.now;
    let lent = lends_within(&mut leader, timing().lease).expect("it lends the lock");
    assert!(close(lent.since(heard), timing().lock_ttl));
    let epoch = leader.epoch();
    let new = leader.assign("new");
    while leader.now < lent + TURN {
        assert!(!campaigns(&mut leader), "others have their turn");
        assert!(owns(&leader) && leader.machine.head().role == Role::Leader);
        let commits = leader.has_store(|work| matches!(work, StoreWork::Commit(_)));
        assert!(!commits, "whoever takes the lock could not begin");
        leader.pass_with_store(STEP);
    }
    gets_it_back(&mut leader);
    leader.pass_with_store(STEP);
    assert!(is_found(&mut leader, new), "it goes on at once");
    assert!(owns(&leader) && leader.epoch() == epoch, "in its epoch");
}

#[test]
fn where_nobody_takes_the_lock_it_rests_twice_as_long_each_time() {
    let mut leader = fleet();
    let mut lent = Vec::new();
    for _ in 0..6 {
        let at = lends_within(&mut leader, Duration::from_secs(200));
        lent.push(at.expect("it lends the lock again"));
        gets_it_back(&mut leader);
        assert!(owns(&leader));
    }
    let mut rest = 2 * timing().lock_ttl;
    for (one, next) in lent.iter().zip(&lent[1..]) {
        let span = next.since(*one);
        assert!(
            close(span, TURN + rest),
            "{span:?} after a rest of {rest:?}"
        );
        rest *= 2;
    }
}

#[test]
fn who_hears_it_again_ends_that() {
    let mut leader = fleet();
    for _ in 0..3 {
        lends_within(&mut leader, Duration::from_secs(20)).expect("it lends the lock");
        gets_it_back(&mut leader);
    }
    leader.pass_with_store(timing().heartbeat_every);
    // The first is one of a gateway that finds it, and may not have heard its answer.
    leader
        .heartbeat(heartbeat(&gateway(2), 6, stamp(0, 0)))
        .unwrap();
    leader.pass_with_store(timing().heartbeat_every);
    says(&mut leader, Duration::ZERO);
    let heard = leader.now;
    let lent = lends_within(&mut leader, timing().lease).expect("as if it had never been");
    assert!(close(lent.since(heard), timing().lock_ttl));
}

#[test]
fn who_is_heard_and_hears_nothing_does_not_count() {
    let mut leader = fleet();
    says(&mut leader, Duration::ZERO);
    let heard = leader.now;
    for _ in 0..20 {
        let unanswered = leader.now.since(heard);
        says(&mut leader, unanswered);
        // A process that is new has heard nothing, and lost nothing yet.
        leader
            .heartbeat(heartbeat(&gateway(3), 6, stamp(0, 0)))
            .unwrap();
        if let Some(lent) = lends_within(&mut leader, timing().heartbeat_every) {
            return assert!(close(lent.since(heard), timing().lock_ttl));
        }
    }
    panic!("it never lends the lock");
}

#[test]
fn a_fleet_of_one_misses_nobody_and_one_that_had_others_does_though_they_left() {
    let mut leader = leading(&[gateway(1)]);
    assert_eq!(lends_within(&mut leader, Duration::from_secs(60)), None);
    says(&mut leader, Duration::ZERO);
    leader.pass_with_store(STEP);
    let leave = groupkeeper_registry::peer::Leave {
        gateway: gateway(2).addr,
        incarnation: gateway(2).incarnation,
        keep_groups: true,
    };
    let call = CallId(900);
    leader.step(Input::Leave { call, leave });
    leader.pass_with_store(STEP);
    assert!(matches!(leader.reply(call), Some(Reply::Done(Ok(())))));
    lends_within(&mut leader, timing().lease).expect("another may come to where it was");
}

/// Nobody finds a leader in a store that is away, so silence counts from when that is back.
#[test]
fn those_who_can_t_find_it_are_missed_later_and_are_not_forgotten_when_they_are_gone() {
    let mut leader = fleet();
    let away = leader.now + timing().store_silence() + timing().verify_every + STEP;
    while leader.now < away {
        leader.pass(STEP);
    }
    leader.write_all();
    leader.pass_with_store(STEP);
    let spared = timing().rejoin_after_outage();
    let lent = lends_within(&mut leader, Duration::from_secs(10)).expect("it lends the lock");
    assert!(lent >= away + spared, "{lent} {away}");
    let members = &leader.machine.head().members.members;
    assert_eq!(members.len(), 1, "it was meant to be alone by then");
}

/// Another takes the lock: the leader that lent it hears of that where it verifies its record.
fn followed() -> (Driven, LeaderRecord) {
    let mut leader = fleet();
    lends_within(&mut leader, timing().lease).expect("it lends the lock");
    let next = record(&gateway(2), stamp(NEXT, 60), stamp(5, 50));
    let found = Some(Box::new(next.clone()));
    for _ in 0..100 {
        leader.pass(STEP);
        let verify = leader.take(|effect| match effect {
            Effect::Store {
                op,
                work: StoreWork::Verify(_),
            } => Some(*op),
            _ => None,
        });
        if let Some(op) = verify {
            leader.written(op, Err(WriteError::Stale { found }));
            assert_eq!(leader.machine.head().role, Role::Follower);
            assert!(owns(&leader), "its lease goes on");
            return (leader, next);
        }
    }
    panic!("it does not verify its record");
}

/// It sees the record, and the store confirms it.
fn looks(gateway: &mut Driven, found: &LeaderRecord) {
    gateway.pass(STEP);
    let read = |work: &StoreWork| match work {
        StoreWork::ReadRecord => Some(Answer::Record(Ok(Some(found.clone())))),
        _ => None,
    };
    if gateway.has_store(|work| read(work).is_some()) {
        gateway.answer_store(read);
    }
    gateway.write_all();
}

#[test]
fn who_was_followed_does_not_take_the_lock_from_the_next_that_misses_everybody() {
    let (mut gateway, next) = followed();
    let since = gateway.now;
    while !campaigns(&mut gateway) {
        looks(&mut gateway, &next);
        assert!(
            gateway.now < since + Duration::from_secs(60),
            "it stands again"
        );
    }
    let out = gateway.now.since(since);
    // By then the next has begun, missed everybody and lent the lock.
    assert!(out > timing().lock_ttl + TURN, "{out:?}");
}

#[test]
fn who_hears_the_one_that_followed_stands_again_at_once() {
    let (mut gateway, next) = followed();
    gateway.pass(TURN);
    let heard = ack(stamp(NEXT, 60), stamp(5, 50), Changes::Since(Vec::new()));
    gateway.acked(&next, heard);
    for _ in 0..10 {
        looks(&mut gateway, &next);
    }
    assert!(campaigns(&mut gateway));
}

#[test]
fn who_is_stopped_while_the_lock_is_lent_hands_over_all_the_same() {
    let mut leader = fleet();
    lends_within(&mut leader, timing().lease).expect("it lends the lock");
    let call = CallId(900);
    leader.step(Input::Stop { call, drain: false });
    leader.pass_with_store(STEP);
    assert!(leader.has(&Effect::QuitLock));
    assert!(matches!(leader.reply(call), Some(Reply::Done(Ok(())))));
    assert!(!campaigns(&mut leader));
}

#[test]
fn where_the_lock_does_not_come_back_its_term_ends() {
    let mut leader = fleet();
    let lent = lends_within(&mut leader, timing().lease).expect("it lends the lock");
    while leader.machine.head().role == Role::Leader {
        leader.pass_with_store(STEP);
        let span = leader.now.since(lent);
        assert!(span <= TURN + 2 * timing().lock_ttl + STEP, "{span:?}");
    }
    assert!(leader.now.since(lent) > TURN + timing().lock_ttl);
}

#[test]
fn who_could_not_begin_lets_others_try_although_its_leader_is_in_doubt() {
    let found = record(&gateway(2), stamp(1, 5), stamp(1, 5));
    let mut gateway = Driven::new(&gateway(1));
    // A leader that gives no lease has not verified its record lately.
    let unverified = Ack {
        lease: Duration::ZERO,
        ..ack(stamp(1, 5), stamp(0, 0), Changes::Since(Vec::new()))
    };
    gateway.acked(&found, unverified);
    has_lock(&mut gateway);
    while !lends(&mut gateway) {
        let read = |work: &StoreWork| matches!(work, StoreWork::ReadRecord);
        if gateway.has_store(read) {
            let away = || Answer::Record(Err(ReadError::unavailable("away")));
            gateway.answer_store(|work| read(work).then(away));
        }
        gateway.pass(STEP);
    }
    let since = gateway.now;
    while !campaigns(&mut gateway) {
        looks(&mut gateway, &found);
        assert!(
            gateway.now < since + Duration::from_secs(9),
            "it stands again"
        );
    }
    assert!(gateway.now.since(since) >= TURN - STEP);
}
