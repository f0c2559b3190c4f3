//! What the types of one number keep and say.

use std::borrow::Borrow as _;
use std::time::Duration;

use crate::{
    Epoch, GroupName, Incarnation, Inequality, Moment, NodeId, Nonce, Revision, Stamp, WallTime,
};

#[test]
fn a_number_comes_out_as_it_went_in() {
    assert_eq!(Epoch::new(0x7_0000_00a1).get(), 0x7_0000_00a1);
    assert_eq!(Incarnation::new(77).get(), 77);
    assert_eq!(Nonce::new(77).get(), 77);
    assert_eq!(NodeId::new(77).unwrap().get(), 77);
    assert_eq!(Revision::new(77).get(), 77);
    assert_eq!(Revision::new(77).next(), Revision::new(78));
    assert_eq!(Moment::from_micros(77).as_micros(), 77);
    assert_eq!(WallTime::from_millis(-77).as_millis(), -77);
}

#[test]
fn what_people_see_of_a_number() {
    let stamp = Stamp::new(Epoch::ZERO.next(0xa1), Revision::new(5));
    let shown = [
        Incarnation::new(0xa1).to_string(),
        Nonce::new(0xa1).to_string(),
        NodeId::new(77).unwrap().to_string(),
        Revision::new(77).to_string(),
        stamp.to_string(),
        Moment::from_micros(1_500).to_string(),
    ];
    let expected = [
        "00000000000000a1",
        "00000000000000a1",
        "77",
        "77",
        "1-000000a1.5",
        "1.5ms",
    ];
    assert_eq!(shown, expected);
}

#[test]
fn moments_are_as_far_apart_as_they_were_set() {
    let (span, early) = (Duration::from_micros(3), Moment::from_micros(4));
    assert_eq!((early + span).as_micros(), 7);
    assert_eq!((early + span).since(early), span);
    assert_eq!(early + span - span, early);
}

#[test]
fn the_wall_clock_shows_this_century() {
    let day = 24 * 60 * 60 * 1_000;
    assert!(WallTime::now().as_millis() > 30 * 365 * day);
}

#[test]
fn a_group_s_name_is_its_text_however_it_is_asked_for() {
    let name = GroupName::new("orders").unwrap();
    let borrowed: &str = name.borrow();
    assert_eq!((borrowed, name.as_str()), ("orders", "orders"));
    assert_eq!(String::from(name), "orders");
}

#[test]
fn an_inequality_says_what_it_promises_and_how() {
    let shown = Inequality::CandidatesNotice.to_string();
    assert_eq!(shown, "candidates notice a free lock: c ≤ L/2");
    for one in Inequality::ALL {
        assert!(one.to_string().contains(['≤', '<']), "{one}");
        assert!(one.promise().contains(' '), "{one}");
    }
}
