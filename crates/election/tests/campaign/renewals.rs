//! Renewals that are answered in time, late or never.

use groupkeeper_election::{Answer, Call, Effect};

use crate::support::{
    asked, at, changed, held, leader, lost, other, renewed, token, unavailable, won,
};

#[test]
fn a_renewal_extends_from_when_it_was_sent() {
    let mut campaign = leader();
    let ask = asked(&campaign.tick(at(1_500)));
    assert_eq!(ask.call(), &Call::Renew(token("t0")));
    let effects = campaign.answered(at(1_700), &ask, renewed("t1"));
    let term = campaign.term().unwrap();
    assert_eq!(effects, [Effect::Renewed(term)]);
    assert_eq!((term.asked_at, term.ends), (at(1_000), at(3_440)));
    assert_eq!(
        asked(&campaign.tick(at(2_000))).call(),
        &Call::Renew(token("t1"))
    );
}

#[test]
fn one_failed_renewal_is_harmless_whether_it_fails_slowly_or_fast() {
    let mut campaign = leader();
    let slow = asked(&campaign.tick(at(1_500)));
    assert_eq!(campaign.next_deadline(), at(1_900));
    let again = asked(&campaign.tick(at(1_900)));
    assert_eq!(again.call(), slow.call(), "the same token");
    assert!(campaign.answered(at(2_299), &again, renewed("t1")).len() == 1);
    assert_eq!(campaign.term().unwrap().number, 1);

    let mut campaign = leader();
    let fast = asked(&campaign.tick(at(1_500)));
    let failure = Answer::Renew(Err(unavailable().into()));
    assert_eq!(
        campaign.answered(at(1_501), &fast, failure),
        [],
        "no call without a pause"
    );
    assert_eq!(campaign.next_deadline(), at(1_750));
}

#[test]
fn a_lost_renewal_answer_costs_the_term_and_nothing_more() {
    let mut campaign = leader();
    asked(&campaign.tick(at(1_500)));
    // The service rotated the token, and the answer that said so is gone.
    let again = asked(&campaign.tick(at(1_900)));
    let effects = campaign.answered(at(1_905), &again, lost(Some("self:1")));
    assert_eq!(changed(&effects), [other("self:1")]);
    assert_eq!(
        asked(&effects).call(),
        &Call::Acquire,
        "candidate again at once"
    );
}

#[test]
fn a_late_renewal_answer_brings_the_token_to_go_on_with() {
    let mut campaign = leader();
    let first = asked(&campaign.tick(at(1_500)));
    let second = asked(&campaign.tick(at(1_900)));
    let effects = campaign.answered(at(1_950), &first, renewed("t1"));
    assert_eq!(effects, [Effect::Renewed(campaign.term().unwrap())]);
    assert_eq!(
        campaign.term().unwrap().ends,
        at(3_440),
        "from when the first was sent"
    );

    let effects = campaign.answered(at(1_960), &second, lost(None));
    assert_eq!(
        changed(&effects),
        [],
        "it was asked with a token that is over"
    );
    assert_eq!(asked(&effects).call(), &Call::Renew(token("t1")));
}

#[test]
fn a_late_renewal_answer_changes_nothing_newer() {
    let mut campaign = leader();
    let first = asked(&campaign.tick(at(1_500)));
    let second = asked(&campaign.tick(at(1_900)));
    campaign.answered(at(1_910), &second, renewed("t2"));
    let before = campaign.clone();
    assert_eq!(campaign.answered(at(1_920), &first, renewed("t1")), []);
    assert_eq!(campaign.answered(at(1_920), &first, lost(None)), []);
    assert_eq!(campaign, before);
}

#[test]
fn a_late_renewal_after_a_lost_one_is_released() {
    let mut campaign = leader();
    let first = asked(&campaign.tick(at(1_500)));
    let second = asked(&campaign.tick(at(1_900)));
    let acquire = asked(&campaign.answered(at(1_905), &second, lost(None)));
    assert_eq!(campaign.answered(at(1_910), &first, renewed("t1")), []);
    let effects = campaign.answered(at(1_915), &acquire, held("self:1"));
    let release = asked(&effects);
    assert_eq!(release.call(), &Call::Release(token("t1")));
    let effects = campaign.answered(at(1_920), &release, Answer::Release(Ok(())));
    assert_eq!(asked(&effects).call(), &Call::Acquire);
}

#[test]
fn a_late_renewal_of_an_earlier_term_is_no_news() {
    let mut campaign = leader();
    let first = asked(&campaign.tick(at(1_500)));
    let second = asked(&campaign.tick(at(1_900)));
    let acquire = asked(&campaign.answered(at(1_905), &second, lost(None)));
    campaign.answered(at(1_910), &acquire, won("t9"));
    let before = campaign.clone();
    assert_eq!(campaign.answered(at(1_915), &first, renewed("t1")), []);
    assert_eq!(campaign, before);
}
