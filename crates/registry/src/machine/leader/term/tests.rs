use super::*;
use crate::machine::testing::{Bench, heartbeat, record, stamp};

/// The term of epoch 3, on top of epoch 1 up to 1/4, of which everything up to 1/3 is settled.
fn term() -> Term {
    let before = LeaderRecord {
        revision: stamp(1, 4).revision,
        settled: stamp(1, 3),
        ..record(1, None)
    };
    let inherited = Inherited {
        settled: stamp(1, 3),
        last: stamp(1, 4),
    };
    Term::new(record(3, Some(before)), inherited, Moment::from_micros(10))
}

#[test]
fn tells_whose_a_decision_is() {
    let term = term();
    let unsettled = |stamp| term.is_unsettled(stamp);
    assert!(!unsettled(stamp(1, 3)) && !unsettled(stamp(3, 9)));
    assert!(unsettled(stamp(1, 4)) && unsettled(stamp(1, 5)) && unsettled(stamp(2, 1)));
    // What the record knows of is of this history, and half of the next commit may have gone on elsewhere.
    let elsewhere = |stamp| term.is_of_another_copy(stamp);
    assert!(!elsewhere(stamp(1, 4)) && elsewhere(stamp(1, 5)) && elsewhere(stamp(2, 1)));
    let beyond = |stamp| term.is_beyond_the_record(stamp);
    assert!(!beyond(stamp(1, 4)) && !beyond(stamp(1, 5)) && !beyond(stamp(3, 9)));
    assert!(beyond(stamp(1, 6)) && beyond(stamp(2, 1)));
    assert!(term.is_half(stamp(1, 5)) && !term.is_half(stamp(1, 4)));
    assert!(!term.is_beyond(Epoch::new(4)) && term.is_beyond(Epoch::new(u64::from(u32::MAX))));
}

#[test]
fn knows_who_took_part_in_another_history() {
    let term = term();
    let other = |stood, applied| {
        term.is_of_another_history(&Heartbeat {
            stood: Epoch::new(stood),
            applied,
            ..heartbeat("a", 1)
        })
    };
    assert!(!other(0, Stamp::ZERO) && !other(1, stamp(1, 4)) && !other(3, stamp(3, 7)));
    assert!(other(2, stamp(2, 1)) && other(1, stamp(1, 5)));
}

#[test]
fn earlier_leases_are_over_once_and_not_before_all_is_settled() {
    let mut term = term();
    assert!(!term.pass(Moment::from_micros(9)) && !term.grace_over());
    assert_eq!(term.deadline(), Moment::from_micros(10));
    assert!(!term.pass(Moment::from_micros(10)) && term.grace_over());
    assert_eq!(term.deadline(), Moment::NEVER);
    assert_eq!(term.announced_up_to(stamp(3, 9)), stamp(3, 9));
    let mut record = term.record().clone();
    record.settled = record.stamp();
    term.wrote(record);
    assert!(term.has_settled());
    assert!(term.pass(Moment::from_micros(11)) && term.inherited_over());
    assert!(!term.pass(Moment::from_micros(12)));
}

#[test]
fn writes_a_record_only_to_say_something() {
    let mut bench = Bench::new();
    let mut term = term();
    let (old, new) = (term.record().settled, term.next_stamp());
    let next = |term: &Term, bench: &mut Bench, settled, changes| {
        term.next_record(&mut bench.ctx(), settled, Failovers::default(), changes)
    };
    // How long leases run is new.
    let first = next(&term, &mut bench, old, false).unwrap();
    assert_eq!((first.stamp(), first.settled), (new, old));
    term.wrote(first);
    assert_eq!(next(&term, &mut bench, old, false), None);
    assert!(next(&term, &mut bench, old, true).is_some());
    let settled = next(&term, &mut bench, term.next_stamp(), false).unwrap();
    term.wrote(settled);
    assert!(term.has_settled());
    assert_eq!(next(&term, &mut bench, term.next_stamp(), false), None);
    bench.core.epochs.raise_floor_if(true);
    let raised = next(&term, &mut bench, old, false).unwrap();
    assert_eq!(raised.floor, raised.stamp());
}

#[test]
fn a_newer_record_deposes_and_an_older_one_makes_begin_again() {
    let mut bench = Bench::new();
    for (found, end) in [
        (Some(record(2, None)), End::Again),
        (Some(record(4, None)), End::Deposed),
        (None, End::Deposed),
    ] {
        let mut term = term();
        term.deposed(&mut bench.ctx(), found.as_ref());
        assert_eq!(term.end(), Some(end));
    }
    assert_eq!(bench.core.epochs.seen(), Epoch::new(4));
}
