use std::time::Duration;

use groupkeeper_assignment_store::StoredGateways;

use super::*;
use crate::machine::leader::Inherited;
use crate::machine::testing::{Bench, addr, admission, gateway, heartbeat, record};

/// Of the first epoch there is, with these in the stored set, of which nobody has joined.
pub(in crate::machine::leader) fn facts(bench: &mut Bench, stored: &[&str]) -> Facts {
    let grace_until = bench.now + Duration::from_secs(9);
    let inherited = Inherited {
        settled: Stamp::ZERO,
        last: Stamp::ZERO,
    };
    let mut facts = Facts {
        term: Term::new(record(1, None), inherited, grace_until),
        roster: Roster::new(&bench.ctx()),
        stored: StoredSet::default(),
        departures: Departures::default(),
    };
    facts.stored.read(&mut bench.ctx());
    let (op, _) = bench.asked();
    let found = StoredGateways {
        records: stored.iter().map(|name| admission(name, 1)).collect(),
        ..StoredGateways::default()
    };
    let found = facts.stored.was_read(&mut bench.ctx(), op, Ok(found));
    for admission in found.unwrap().records {
        facts
            .roster
            .inherit(&mut bench.ctx(), &admission, grace_until);
        facts.stored.enter(admission);
    }
    facts
}

/// This one joins.
pub(in crate::machine::leader) fn join(bench: &mut Bench, facts: &mut Facts, name: &str) {
    let (_, taken) = facts.roster.hear(&mut bench.ctx(), &heartbeat(name, 1));
    taken.unwrap();
}

#[test]
fn groups_go_to_who_has_joined_is_stored_and_stays() {
    let mut bench = Bench::new();
    let mut facts = facts(&mut bench, &["a", "b", "c"]);
    for name in ["a", "b", "d"] {
        join(&mut bench, &mut facts, name);
    }
    facts
        .departures
        .send_off(&mut bench.ctx(), addr("b"), true, None);
    let candidates = facts.candidates(bench.now);
    let candidates: Vec<_> = candidates.as_slice().iter().map(|it| &it.addr).collect();
    assert_eq!(candidates, [&addr("a")]);
    assert!(facts.is_candidate(bench.now, &addr("a")));
    assert!(!facts.is_candidate(bench.now, &addr("b")));
    assert!(!facts.is_alone(bench.now), "c may yet join");
}

#[test]
fn nobody_is_alone_who_does_not_know_the_stored_set() {
    let mut bench = Bench::new();
    let mut facts = facts(&mut bench, &[]);
    assert!(facts.is_alone(bench.now));
    facts.stored = StoredSet::default();
    assert!(!facts.is_alone(bench.now));
}

#[test]
fn who_keeps_its_groups_loses_none() {
    let mut bench = Bench::new();
    let mut facts = facts(&mut bench, &["a", "b", "c"]);
    for (name, keeps) in [("a", false), ("b", true)] {
        let departures = &mut facts.departures;
        departures.send_off(&mut bench.ctx(), addr(name), keeps, None);
    }
    facts.roster.start_draining(&addr("c"));
    let loses = |name| facts.loses_groups(&addr(name));
    assert_eq!(["a", "b", "c"].map(loses), [true, false, true]);
    // Who leaves has given up what it had, kept for its return or not.
    let (me, gives_up) = (addr("me"), |name| addr(name));
    let at_once = |name| facts.gives_up_at_once(&me, &gives_up(name));
    assert_eq!(["a", "b", "c"].map(at_once), [true, true, false]);
}

#[test]
fn only_what_no_earlier_process_can_act_for_is_admitted() {
    let mut bench = Bench::new();
    let mut facts = facts(&mut bench, &["a"]);
    let next = gateway("a", 2);
    let announced = crate::peer::Heartbeat {
        announce: true,
        ..heartbeat("a", 2)
    };
    facts.roster.hear(&mut bench.ctx(), &announced).1.unwrap();
    assert_eq!(facts.standing(&next), Standing::Settling);
    facts.admit(next.clone(), InFlight::new(None));
    assert_eq!(facts.stored.take_changes(9), []);
    // It goes on living, and the process before it is gone.
    bench.now = facts.term.grace_until() - Duration::from_millis(9);
    let alive = heartbeat("a", 2);
    facts.roster.hear(&mut bench.ctx(), &alive).1.unwrap();
    bench.now = facts.term.grace_until();
    facts.roster.expire(&bench.ctx(), false);
    assert_eq!(facts.standing(&next), Standing::Joining);
    facts.admit(next, InFlight::new(None));
    assert_eq!(facts.stored.take_changes(9).len(), 1);
}
