//! How far a gateway's joining has come, and what it says until it has.

use std::time::Duration;

use groupkeeper_assignment_store::LeaderRecord;
use groupkeeper_registry::Config;
use groupkeeper_registry::machine::{Answer, BatchChange, Effect, Input, LockNews, StoreWork};
use groupkeeper_registry::peer::{Ack, Changes, Heartbeat, MemberList, MemberView, Standing};
use groupkeeper_types::Stamp;

use crate::drive::{Driven, ack, addr, again, gateway, heartbeat, record, stamp};

fn found() -> LeaderRecord {
    record(&gateway(3), stamp(1, 5), stamp(1, 5))
}

fn standing(leader: &mut Driven, said: Heartbeat) -> Standing {
    leader.heartbeat(said).unwrap().standing
}

#[test]
fn an_earlier_process_at_the_address_is_told_from_a_store_that_has_not_written() {
    let all = [gateway(1), gateway(2)];
    let mut leader = Driven::leading(&gateway(1), &found(), &all);
    leader.list(&[]);
    let alive = |n| heartbeat(&gateway(n), 2, Stamp::ZERO);
    assert_eq!(standing(&mut leader, alive(2)), Standing::Member);
    assert_eq!(standing(&mut leader, alive(3)), Standing::Joining);
    let second = again(&gateway(2));
    let first_words = Heartbeat {
        announce: true,
        ..heartbeat(&second, 2, Stamp::ZERO)
    };
    assert_eq!(standing(&mut leader, first_words), Standing::Settling);
    let timing = Config::default().timing;
    let end = leader.now + timing.wait() + Duration::from_millis(1);
    let mut last = Standing::Settling;
    while leader.now < end {
        leader.pass_with_store(timing.heartbeat_every);
        assert_eq!(last, Standing::Settling);
        last = standing(&mut leader, heartbeat(&second, 2, Stamp::ZERO));
    }
    leader.write_all();
    let last = standing(&mut leader, heartbeat(&second, 2, Stamp::ZERO));
    assert_eq!(last, Standing::Member);
}

#[test]
fn nobody_is_stored_in_the_place_of_a_process_that_the_leader_has_not_read_of_yet() {
    let admits = |work: &StoreWork| match work {
        StoreWork::Commit(batch) => batch
            .changes
            .iter()
            .any(|change| matches!(change, BatchChange::Admit(it) if it.addr == addr(2))),
        _ => false,
    };
    let second = again(&gateway(2));
    for (stored, waits) in [(gateway(2), true), (gateway(3), false)] {
        let mut leader = Driven::new(&gateway(1));
        leader.begin(&found());
        let said = heartbeat(&second, 2, Stamp::ZERO);
        leader.heartbeat(said.clone()).unwrap();
        leader.pass(Duration::from_millis(20));
        assert!(!leader.has_store(admits), "nobody knows who stands there");
        leader.gateways_read(&[gateway(1), stored]);
        assert_eq!(leader.has_store(admits), !waits);
        let expected = if waits {
            Standing::Settling
        } else {
            Standing::Joining
        };
        assert_eq!(standing(&mut leader, said), expected);
    }
}

#[test]
fn a_gateway_that_is_drained_before_it_is_stored_is_not_stored() {
    let all = [gateway(1), gateway(2)];
    let mut leader = Driven::leading(&gateway(1), &found(), &all);
    leader.list(&[]);
    leader
        .heartbeat(heartbeat(&gateway(2), 2, Stamp::ZERO))
        .unwrap();
    leader
        .heartbeat(heartbeat(&gateway(3), 2, Stamp::ZERO))
        .unwrap();
    leader.drain(&addr(3));
    let said = heartbeat(&gateway(3), 2, Stamp::ZERO);
    assert_eq!(standing(&mut leader, said.clone()), Standing::Joining);
    leader.write_all();
    assert_eq!(standing(&mut leader, said), Standing::Draining);
}

#[test]
fn who_has_led_before_it_was_stored_says_its_first_words_to_the_next_leader() {
    for (stored, announces) in [(gateway(1), true), (again(&gateway(1)), false)] {
        let me = again(&gateway(1));
        let mut led = Driven::leading(&me, &found(), &[stored, gateway(2)]);
        led.list(&[]);
        led.step(Input::Lock(LockNews::Free));
        let next = record(&gateway(2), stamp(3, 10), stamp(3, 10));
        led.pass(Duration::from_millis(500));
        led.answer_store(|work| match work {
            StoreWork::ReadRecord => Some(Answer::Record(Ok(Some(next.clone())))),
            _ => None,
        });
        led.pass(Duration::from_millis(500));
        let said = led.take(|effect| match effect {
            Effect::Heartbeat { heartbeat, .. } => Some(heartbeat.announce),
            _ => None,
        });
        assert_eq!(said, Some(announces));
    }
}

#[test]
fn first_words_are_said_until_it_is_stored_and_that_it_drains_from_when_it_is_told() {
    let mut follower = Driven::new(&gateway(1));
    let mut says = |standing, draining| {
        let list = MemberList {
            version: 1,
            members: vec![MemberView {
                addr: addr(1),
                joined: true,
                draining,
            }],
        };
        let ack = Ack {
            standing,
            members: Some(std::sync::Arc::new(list)),
            ..ack(stamp(1, 5), Stamp::ZERO, Changes::Reset)
        };
        follower.acked(&record(&gateway(2), stamp(1, 5), stamp(1, 5)), ack);
        follower.pass(Duration::from_secs(1));
        let sent = follower.take(|effect| match effect {
            Effect::Heartbeat { op, heartbeat, .. } => Some((*op, heartbeat.clone())),
            _ => None,
        });
        let (op, said) = sent.expect("it sends a heartbeat");
        follower.lose(op);
        (said.announce, said.draining)
    };
    assert_eq!(says(Standing::Settling, false), (true, false));
    assert_eq!(says(Standing::Joining, true), (true, true));
    assert_eq!(says(Standing::Draining, true), (false, true));
}
