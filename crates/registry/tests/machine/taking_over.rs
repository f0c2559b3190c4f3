//! What a new leader takes for the truth, and tells others.

use std::time::Duration;

use groupkeeper_registry::Config;
use groupkeeper_registry::machine::Effect;
use groupkeeper_registry::peer::{Ack, Changes, Heartbeat, Revokes};

use crate::drive::{Driven, ack, addr, decision, gateway, heartbeat, record, stamp};

#[test]
fn where_more_was_committed_than_is_settled_a_cache_as_of_then_is_not_the_truth() {
    // Gateway 3 led and committed, and died before it had settled what it found.
    let found = record(&gateway(3), stamp(1, 9), stamp(1, 5));
    let others = [gateway(1), gateway(2)];
    let mut leader = Driven::leading(&gateway(1), &found, &others);
    let said = heartbeat(&gateway(2), 2, stamp(1, 5));
    let answer = leader.heartbeat(said.clone()).unwrap();
    assert_eq!(answer.changes, Changes::Reset);
    // Nor is anybody told that it has all of an epoch that is not settled itself.
    assert!(answer.stamp.epoch > found.epoch, "{}", answer.stamp);
    // Where nothing was committed beyond, it is.
    let found = record(&gateway(3), stamp(1, 5), stamp(1, 5));
    let mut leader = Driven::leading(&gateway(1), &found, &others);
    let answer = leader.heartbeat(said).unwrap();
    assert_eq!(answer.changes, Changes::Since(Vec::new()));
    assert_eq!(answer.stamp, found.settled);
}

#[test]
fn a_new_leader_s_own_cache_is_no_better_than_others() {
    let known = decision("g", 2, stamp(1, 4));
    let cached = |last| {
        let old = record(&gateway(3), stamp(1, 5), stamp(1, 5));
        let mut driven = Driven::new(&gateway(1));
        let news = Changes::Since(vec![known.clone().into()]);
        driven.acked(&old, ack(stamp(1, 5), stamp(0, 0), news));
        let found = record(&gateway(3), last, stamp(1, 5));
        driven.take_over(&found, &[gateway(1), gateway(2)]);
        !driven.has(&Effect::ForgetAll)
    };
    assert!(cached(stamp(1, 5)));
    assert!(!cached(stamp(2, 9)));
}

#[test]
fn who_could_not_find_the_leader_for_want_of_a_store_is_not_taken_for_gone() {
    let timing = Config::default().timing;
    let found = record(&gateway(3), stamp(1, 5), stamp(1, 5));
    let all = [gateway(1), gateway(2)];
    for away in [false, true] {
        let mut leader = Driven::leading(&gateway(1), &found, &all);
        leader.list(&[decision("g", 2, stamp(1, 4))]);
        leader.write_all();
        let knows = |leader: &Driven| {
            let members = &leader.machine.head().members.members;
            members.iter().any(|member| member.addr == addr(2))
        };
        if away {
            // Longer than a lease.
            leader.pass(timing.wait() + timing.lease);
            assert!(knows(&leader), "nobody could tell it of this leader");
        } else {
            leader.pass_with_store(timing.wait() - Duration::from_millis(50));
            assert!(knows(&leader));
            leader.pass_with_store(Duration::from_millis(100));
            assert!(!knows(&leader));
            continue;
        }
        leader.pass_with_store(timing.rejoin_after_outage() - Duration::from_millis(50));
        assert!(knows(&leader), "it had no time to look");
        // The answer to the question that was under way is old, and the next one counts.
        leader.pass_with_store(timing.verify_every + Duration::from_millis(100));
        assert!(!knows(&leader));
    }
}

#[test]
fn half_of_a_commit_is_not_told_in_answer_to_what_was_given_up() {
    let found = record(&gateway(3), stamp(1, 5), stamp(1, 5));
    let all = [gateway(1), gateway(2)];
    let mut leader = Driven::leading(&gateway(1), &found, &all);
    // The change landed, and the record of its commit did not.
    leader.list(&[decision("g", 1, stamp(1, 6))]);
    let number = |leader: &mut Driven| {
        let said = heartbeat(&gateway(2), 2, stamp(1, 5));
        leader.heartbeat(said).unwrap().revokes.number
    };
    let given_up = decision("g", 2, stamp(1, 4));
    let said = Heartbeat {
        given_up: vec![(given_up.group.clone(), given_up.stamp)],
        ..heartbeat(&gateway(2), 2, stamp(1, 5))
    };
    let answer = leader.heartbeat(said.clone()).unwrap();
    assert_eq!(answer.changes, Changes::Since(Vec::new()));
    // It is told when it has been decided again, once whoever may act by it has given it up.
    let revokes_heard = number(&mut leader);
    assert!(revokes_heard > 0);
    let said = Heartbeat {
        revokes_heard,
        ..said
    };
    leader.heartbeat(said.clone()).unwrap();
    leader.write_all();
    let answer = leader.heartbeat(said).unwrap();
    let Changes::Since(news) = answer.changes else {
        panic!("{answer:?}")
    };
    assert!(news.iter().all(|news| news.stamp().epoch > found.epoch));
    assert!(!news.is_empty());
}

#[test]
fn a_new_leader_has_again_what_it_gave_up_for_a_move_that_nobody_made() {
    let old = record(&gateway(3), stamp(1, 5), stamp(1, 5));
    let own = decision("g", 1, stamp(1, 4));
    let mut driven = Driven::new(&gateway(1));
    let news = Changes::Since(vec![own.clone().into()]);
    driven.acked(&old, ack(stamp(1, 5), stamp(0, 0), news));
    let owns = |driven: &Driven| driven.machine.owns(&own.group, driven.now).is_some();
    assert!(owns(&driven));
    let asked = Ack {
        revokes: Revokes {
            number: 1,
            groups: vec![(own.group.clone(), own.stamp)],
        },
        ..ack(stamp(1, 5), stamp(0, 0), Changes::Since(Vec::new()))
    };
    driven.acked(&old, asked);
    assert!(!owns(&driven), "it has given the group up");
    driven.take_over(&old, &[gateway(1)]);
    driven.list(std::slice::from_ref(&own));
    driven.pass_with_store(Config::default().timing.wait() * 2);
    assert!(owns(&driven));
}
