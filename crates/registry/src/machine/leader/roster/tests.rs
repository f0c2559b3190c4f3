use std::time::Duration;

use super::*;
use crate::machine::testing::{Bench, addr, admission, heartbeat};

#[test]
fn tells_when_the_list_has_changed() {
    let (mut bench, now) = (Bench::new(), Bench::new().now);
    let mut roster = Roster::new(&bench.ctx());
    roster.relist(now);
    let none = roster.list().version;
    let (deaf, taken) = roster.hear(&mut bench.ctx(), &heartbeat("a", 1));
    assert!(!deaf && matches!(taken, Ok(Outcome::Joined { .. })));
    assert!(!roster.list().contains(&addr("a")), "not numbered yet");
    roster.relist(now);
    let one = roster.list().version;
    assert!(one > none && roster.list().contains(&addr("a")));
    let (_, taken) = roster.hear(&mut bench.ctx(), &heartbeat("a", 1));
    assert!(matches!(taken, Ok(Outcome::Renewed)));
    roster.relist(now);
    assert_eq!(roster.list().version, one);
    assert!(roster.start_draining(&addr("a")) && !roster.start_draining(&addr("a")));
    assert!(!roster.start_draining(&addr("b")), "there is none");
    roster.relist(now);
    assert!(roster.list().version > one && roster.is_draining(&addr("a")));
}

#[test]
fn who_can_not_know_where_to_join_is_spared() {
    let mut bench = Bench::new();
    let mut roster = Roster::new(&bench.ctx());
    let until = bench.now + Duration::from_secs(1);
    assert!(roster.inherit(&mut bench.ctx(), &admission("a", 1), until));
    roster.hear(&mut bench.ctx(), &heartbeat("b", 1)).1.unwrap();
    bench.now = bench.now + bench.core.timing().wait() + Duration::from_secs(9);
    let gone = roster.expire(&bench.ctx(), true);
    let gone: Vec<_> = gone.into_iter().map(|member| member.addr).collect();
    assert_eq!(gone, [addr("b")], "it had joined");
    assert!(roster.is_alive(&addr("a")) && roster.gone_at() == bench.now);
    bench.now = roster.spared_until();
    let gone = roster.expire(&bench.ctx(), false);
    assert_eq!(gone.len(), 1);
    assert!(!roster.is_alive(&addr("a")));
}

#[test]
fn an_address_settles_when_the_process_before_is_gone() {
    let mut bench = Bench::new();
    let mut roster = Roster::new(&bench.ctx());
    let until = bench.now + Duration::from_secs(1);
    roster.inherit(&mut bench.ctx(), &admission("a", 1), until);
    let next = Heartbeat {
        announce: true,
        ..heartbeat("a", 2)
    };
    let (_, taken) = roster.hear(&mut bench.ctx(), &next);
    assert!(matches!(taken, Ok(Outcome::Replaced { .. })));
    assert!(!roster.is_settled(&addr("a")));
    bench.now = until;
    assert_eq!(roster.expire(&bench.ctx(), false), []);
    assert!(roster.is_settled(&addr("a")));
    assert_eq!(roster.joined(bench.now), [next.gateway]);
}

#[test]
fn a_coordinator_that_nobody_has_seen_lives_as_long_as_the_others() {
    let mut bench = Bench::new();
    let mut roster = Roster::new(&bench.ctx());
    let until = bench.now + Duration::from_secs(1);
    roster.inherit_named(&mut bench.ctx(), &addr("a"), until);
    assert!(roster.is_alive(&addr("a")) && roster.joined(bench.now).is_empty());
    bench.now = until;
    roster.inherit_named(&mut bench.ctx(), &addr("b"), until);
    assert!(!roster.is_alive(&addr("b")), "their time is over");
    assert_eq!(roster.expire(&bench.ctx(), false).len(), 1);
}

#[test]
fn beats_its_own_heart_when_that_is_due() {
    let mut bench = Bench::new();
    let mut roster = Roster::new(&bench.ctx());
    assert!(roster.beat_own_heart(&mut bench.ctx()) && roster.is_alive(&addr("me")));
    assert!(!roster.beat_own_heart(&mut bench.ctx()));
    assert_eq!(
        roster.deadline(),
        bench.now + bench.core.timing().heartbeat_every
    );
}
