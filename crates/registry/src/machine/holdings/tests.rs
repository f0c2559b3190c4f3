use groupkeeper_types::Revision;

use super::*;

const NOW: Moment = Moment::from_micros(10);
const LATER: Moment = Moment::from_micros(20);

fn me() -> GatewayAddr {
    GatewayAddr::new("me:1").unwrap()
}

fn group() -> GroupName {
    GroupName::new("g").unwrap()
}

fn stamp(epoch: u64, revision: u64) -> Stamp {
    Stamp::new(Epoch::new(epoch), Revision::new(revision))
}

fn hear(holdings: &mut Holdings, coordinator: &str, stamp: Stamp, epoch: u64) -> Held {
    let coordinator = GatewayAddr::new(coordinator).unwrap();
    let decision = Decision {
        group: group(),
        coordinator,
        stamp,
    };
    holdings.hear(&decision, &me(), Epoch::new(epoch))
}

#[test]
fn holds_what_it_is_given_while_its_lease_lasts() {
    let mut holdings = Holdings::default();
    assert_eq!(
        hear(&mut holdings, "me:1", stamp(2, 1), 2),
        Held::By(stamp(2, 1))
    );
    assert_eq!(holdings.owns(&group(), NOW), None, "without a lease");
    holdings.extend(LATER);
    assert_eq!(holdings.owns(&group(), NOW), Some(stamp(2, 1)));
    assert_eq!(holdings.owns(&group(), LATER), None, "its lease is over");
    assert_eq!(hear(&mut holdings, "you:1", stamp(2, 2), 2), Held::NoLonger);
    assert_eq!(holdings.owns(&group(), NOW), None);
}

#[test]
fn takes_what_an_earlier_leader_decided_when_earlier_leases_are_over() {
    let mut holdings = Holdings::default();
    holdings.extend(LATER);
    assert_eq!(hear(&mut holdings, "me:1", stamp(1, 9), 2), Held::Same);
    assert!(holdings.set_inherited_over(true));
    assert!(!holdings.set_inherited_over(true));
    assert_eq!(
        hear(&mut holdings, "me:1", stamp(1, 9), 2),
        Held::By(stamp(1, 9))
    );
    // Held on to through the next change of leader.
    holdings.set_inherited_over(false);
    assert_eq!(hear(&mut holdings, "me:1", stamp(1, 9), 3), Held::Same);
    assert_eq!(holdings.owns(&group(), NOW), Some(stamp(1, 9)));
}

#[test]
fn takes_back_what_it_gave_up_only_by_a_newer_decision() {
    let mut holdings = Holdings::default();
    holdings.extend(LATER);
    hear(&mut holdings, "me:1", stamp(2, 3), 2);
    assert_eq!(holdings.give_up(&group(), stamp(2, 3)), Held::NoLonger);
    assert_eq!(
        hear(&mut holdings, "me:1", stamp(2, 3), 2),
        Held::Same,
        "late news"
    );
    assert_eq!(holdings.given_up(), [(group(), stamp(2, 3))]);
    assert_eq!(
        hear(&mut holdings, "me:1", stamp(2, 4), 2),
        Held::By(stamp(2, 4))
    );
    assert_eq!(holdings.given_up(), []);
    assert_eq!(
        holdings.give_up(&group(), stamp(2, 3)),
        Held::Same,
        "a late revoke"
    );
}

#[test]
fn what_does_not_fit_into_one_heartbeat_comes_with_the_next() {
    let mut holdings = Holdings::default();
    let name = |i: usize| GroupName::new(&format!("g{i:04}")).unwrap();
    let all = Heartbeat::MAX_GIVEN_UP * 5 / 2;
    for i in 0..all {
        holdings.give_up(&name(i), stamp(2, 3));
    }
    let mut told = std::collections::BTreeSet::new();
    for _ in 0..3 {
        let some = holdings.given_up();
        assert_eq!(some.len(), Heartbeat::MAX_GIVEN_UP);
        told.extend(some.into_iter().map(|(group, _)| group));
    }
    assert_eq!(told.len(), all);
}

#[test]
fn keeps_what_it_holds_through_missed_moves_and_not_through_lost_writes() {
    let mut holdings = Holdings::default();
    holdings.extend(LATER);
    hear(&mut holdings, "me:1", stamp(2, 3), 2);
    assert!(!holdings.lapse(NOW));
    assert_eq!(holdings.lose(|held| held > stamp(2, 3)), []);
    assert_eq!(holdings.owns(&group(), NOW), Some(stamp(2, 3)));
    assert_eq!(holdings.lose(|held| held > stamp(2, 2)), [group()]);
    assert_eq!(holdings.owns(&group(), NOW), None);
    hear(&mut holdings, "me:1", stamp(3, 4), 3);
    assert!(holdings.lapse(LATER), "its lease is over");
    holdings.extend(Moment::from_micros(99));
    assert_eq!(holdings.owns(&group(), LATER), None);
}

#[test]
fn lets_go_of_what_went_to_others_all_at_once() {
    let mut holdings = Holdings::default();
    holdings.extend(LATER);
    hear(&mut holdings, "me:1", stamp(2, 3), 2);
    assert_eq!(holdings.lose_older(stamp(2, 3)), []);
    assert_eq!(holdings.lose_older(stamp(2, 4)), [group()]);
    assert_eq!(holdings.owns(&group(), NOW), None);
}

#[test]
fn acts_under_no_token_below_its_floor() {
    let mut holdings = Holdings::default();
    holdings.extend(LATER);
    hear(&mut holdings, "me:1", stamp(2, 3), 2);
    holdings.raise_token_floor(stamp(2, 9));
    holdings.raise_token_floor(stamp(2, 7));
    assert_eq!(holdings.owns(&group(), NOW), Some(stamp(2, 9)));
    hear(&mut holdings, "me:1", stamp(2, 10), 2);
    assert!(holdings.owned(NOW).eq([(&group(), stamp(2, 10))]));
}

#[test]
fn once_closed_holds_nothing_again() {
    let mut holdings = Holdings::default();
    holdings.extend(LATER);
    hear(&mut holdings, "me:1", stamp(2, 3), 2);
    holdings.close();
    holdings.extend(LATER);
    hear(&mut holdings, "me:1", stamp(2, 4), 2);
    assert_eq!(holdings.owns(&group(), NOW), None);
}
