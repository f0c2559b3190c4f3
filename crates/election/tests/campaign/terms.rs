//! A term ends by the clock, whatever the answers.

use groupkeeper_election::{Answer, Call, Leadership};

use crate::support::{
    asked, at, candidate, changed, held, leader, lost, other, renewed, token, won,
};

#[test]
fn a_term_counts_from_before_it_was_asked_for() {
    let campaign = leader();
    let term = campaign.term().unwrap();
    assert_eq!(
        (term.number, term.asked_at, term.ends),
        (1, at(1_000), at(2_940))
    );
    assert_eq!(campaign.next_deadline(), at(1_500));
}

#[test]
fn it_steps_down_by_its_own_clock_when_no_answer_comes() {
    let mut campaign = leader();
    for now in [1_500, 1_900, 2_300, 2_700] {
        assert_eq!(campaign.next_deadline(), at(now));
        assert_eq!(
            asked(&campaign.tick(at(now))).call(),
            &Call::Renew(token("t0"))
        );
    }
    assert_eq!(campaign.next_deadline(), at(2_940));
    assert!(matches!(campaign.leadership(at(2_939)), Leadership::Me(_)));
    assert_eq!(campaign.leadership(at(2_940)), Leadership::Unknown);
    assert_eq!(changed(&campaign.tick(at(2_940))), [Leadership::Unknown]);
    assert_eq!(campaign.term(), None);
    assert_eq!(
        asked(&campaign.tick(at(3_100))).call(),
        &Call::Acquire,
        "after the call in flight"
    );
}

#[test]
fn what_was_heard_of_another_counts_for_a_time_to_live() {
    let mut campaign = candidate(1);
    let ask = asked(&campaign.start(at(1_000)));
    let effects = campaign.answered(at(1_010), &ask, held("b:1"));
    assert_eq!(changed(&effects), [other("b:1")]);
    assert_eq!(campaign.leadership(at(3_009)), other("b:1"));
    assert_eq!(campaign.leadership(at(3_010)), Leadership::Unknown);
}

#[test]
fn a_term_that_is_over_is_not_revived_by_an_answer() {
    let mut campaign = leader();
    let ask = asked(&campaign.tick(at(2_900)));
    let effects = campaign.answered(at(2_950), &ask, renewed("t1"));
    assert_eq!(changed(&effects), [Leadership::Unknown]);
    let release = asked(&effects);
    assert_eq!(
        release.call(),
        &Call::Release(token("t1")),
        "nobody claims that lock"
    );
    let effects = campaign.answered(at(2_951), &release, Answer::Release(Ok(())));
    assert_eq!(asked(&effects).call(), &Call::Acquire);
}

#[test]
fn lost_and_won_again_is_two_terms() {
    let mut campaign = leader();
    let renewal = asked(&campaign.tick(at(1_500)));
    let effects = campaign.answered(at(1_505), &renewal, lost(None));
    assert_eq!(changed(&effects), [Leadership::Unknown]);
    let effects = campaign.answered(at(1_510), &asked(&effects), won("t9"));
    let [Leadership::Me(term)] = changed(&effects)[..] else {
        panic!("{effects:?}")
    };
    assert_eq!((term.number, term.asked_at), (2, at(1_505)));
    assert_eq!(
        (campaign.last_change().number, campaign.last_change().terms),
        (3, 2)
    );
}
