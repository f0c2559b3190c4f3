//! A drain is answered "done" when the gateway has no groups, and at no other time.

use std::time::Duration;

use groupkeeper_assignment_store::GatewayRecord;
use groupkeeper_registry::Config;
use groupkeeper_registry::machine::{CallId, Reply};
use groupkeeper_registry::peer::{Heartbeat, PeerError};
use groupkeeper_types::Stamp;

use crate::drive::{Driven, addr, again, decision, gateway, heartbeat, record, stamp};

/// Gateway 1 leads, 2 has the group, 3 could take it.
fn fleet() -> Driven {
    let found = record(&gateway(3), stamp(1, 5), stamp(1, 5));
    let all = [gateway(1), gateway(2), gateway(3)];
    let mut leader = Driven::leading(&gateway(1), &found, &all);
    leader.list(&[decision("g", 2, stamp(1, 4))]);
    for gateway in &all[1..] {
        leader
            .heartbeat(heartbeat(gateway, 2, Stamp::ZERO))
            .unwrap();
    }
    leader.write_all();
    leader
}

/// Time passes, and only these gateways are heard; they give up what they are asked to.
fn pass_with(leader: &mut Driven, span: Duration, heard: &[GatewayRecord]) {
    let end = leader.now + span;
    let mut revokes_heard = vec![0; heard.len()];
    while leader.now < end {
        for (gateway, heard) in heard.iter().zip(&mut revokes_heard) {
            let said = Heartbeat {
                revokes_heard: *heard,
                ..heartbeat(gateway, 2, Stamp::ZERO)
            };
            *heard = leader.heartbeat(said).unwrap().revokes.number;
        }
        leader.pass_with_store(Config::default().timing.heartbeat_every);
    }
}

fn answered(leader: &mut Driven, call: CallId) -> Option<Result<(), PeerError>> {
    match leader.reply(call)? {
        Reply::Done(result) => Some(result),
        reply => panic!("{reply:?}"),
    }
}

#[test]
fn a_gateway_that_was_started_again_is_not_drained() {
    let mut leader = fleet();
    let call = leader.drain(&addr(2));
    let new = Heartbeat {
        announce: true,
        ..heartbeat(&again(&gateway(2)), 2, Stamp::ZERO)
    };
    leader.heartbeat(new).unwrap();
    let answer = answered(&mut leader, call).expect("it is told at once");
    let error = answer.unwrap_err();
    assert!(matches!(&error, PeerError::Refused { .. }), "{error}");
    assert!(error.to_string().contains("drain it again"), "{error}");
}

#[test]
fn a_leader_gives_nothing_away_that_a_process_before_it_may_hold() {
    let found = record(&gateway(3), stamp(1, 5), stamp(1, 5));
    let all = [gateway(1), gateway(2)];
    let mut leader = Driven::leading(&again(&gateway(1)), &found, &all);
    leader.list(&[decision("g", 1, stamp(1, 4))]);
    pass_with(&mut leader, Duration::from_millis(600), &all[1..]);
    let call = leader.drain(&addr(1));
    pass_with(&mut leader, Duration::from_secs(3), &all[1..]);
    assert_eq!(answered(&mut leader, call), None, "it may hold the group");
    let wait = Config::default().timing.wait();
    pass_with(&mut leader, wait, &all[1..]);
    assert_eq!(answered(&mut leader, call), Some(Ok(())));
}

#[test]
fn a_gateway_that_died_is_drained_when_its_groups_have_moved() {
    let mut leader = fleet();
    let call = leader.drain(&addr(2));
    let wait = Config::default().timing.wait();
    // Its lease is over, and nobody is there who could take the group.
    let taken = wait + Duration::from_secs(1);
    let end = leader.now + taken;
    while leader.now < end {
        leader
            .heartbeat(heartbeat(&gateway(3), 2, Stamp::ZERO))
            .unwrap();
        // The store is away, so that nothing moves.
        leader.pass(Config::default().timing.heartbeat_every);
        assert_eq!(answered(&mut leader, call), None);
    }
    pass_with(&mut leader, Duration::from_secs(1), &[gateway(3)]);
    assert_eq!(answered(&mut leader, call), Some(Ok(())));
}

#[test]
fn a_gateway_taken_for_gone_while_it_is_drained_is_drained_when_it_is_back() {
    let mut leader = fleet();
    let call = leader.drain(&addr(2));
    let wait = Config::default().timing.wait();
    let end = leader.now + wait + Duration::from_secs(1);
    while leader.now < end {
        leader
            .heartbeat(heartbeat(&gateway(3), 2, Stamp::ZERO))
            .unwrap();
        leader.pass(Config::default().timing.heartbeat_every);
    }
    // The store is still away when it returns.
    leader
        .heartbeat(heartbeat(&gateway(2), 2, Stamp::ZERO))
        .unwrap();
    let all = [gateway(2), gateway(3)];
    pass_with(&mut leader, wait, &all);
    assert_eq!(answered(&mut leader, call), Some(Ok(())));
}

#[test]
fn of_too_many_that_wait_for_the_same_drain_the_oldest_are_told_so() {
    let mut leader = fleet();
    let calls: Vec<CallId> = (0..100).map(|_| leader.drain(&addr(2))).collect();
    let mut told = 0;
    for call in &calls[..50] {
        if let Some(answer) = answered(&mut leader, *call) {
            let error = answer.unwrap_err();
            assert!(matches!(error, PeerError::NotAvailable { .. }), "{error}");
            told += 1;
        }
    }
    assert_eq!(told, 36);
    assert_eq!(answered(&mut leader, calls[99]), None);
}
