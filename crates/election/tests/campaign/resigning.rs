//! Leaving: the claim first, then the lock.

use groupkeeper_election::{Answer, Call, Effect, Leadership, LockOwner};

use crate::support::{asked, at, candidate, changed, leader, other, renewed, token, won};

#[test]
fn resigning_stops_the_claim_and_then_releases() {
    let mut campaign = leader();
    assert!(campaign.is_standing() && !campaign.holds_nothing());
    let effects = campaign.resign(at(1_200));
    assert!(!campaign.is_standing());
    assert!(matches!(effects[0], Effect::Changed(_)), "{effects:?}");
    let release = asked(&effects);
    assert_eq!(release.call(), &Call::Release(token("t0")));
    assert!(!campaign.holds_nothing());
    let effects = campaign.answered(at(1_205), &release, Answer::Release(Ok(())));
    assert!(campaign.holds_nothing());
    let look = asked(&effects);
    assert_eq!(look.call(), &Call::Owner, "who is out still asks who leads");
    let told = Answer::Owner(Ok(Some(LockOwner::new("b:1"))));
    assert_eq!(
        changed(&campaign.answered(at(1_210), &look, told)),
        [other("b:1")]
    );

    let effects = campaign.start(at(1_220));
    assert_eq!(asked(&effects).call(), &Call::Acquire);
}

#[test]
fn resigning_releases_the_token_that_a_renewal_in_flight_brings() {
    let mut campaign = leader();
    let renewal = asked(&campaign.tick(at(1_500)));
    let effects = campaign.resign(at(1_501));
    assert_eq!(changed(&effects), [Leadership::Unknown]);
    let effects = campaign.answered(at(1_510), &renewal, renewed("t1"));
    assert_eq!(changed(&effects), []);
    assert_eq!(asked(&effects).call(), &Call::Release(token("t1")));

    let mut campaign = leader();
    asked(&campaign.tick(at(1_500)));
    campaign.resign(at(1_501));
    let release = asked(&campaign.tick(at(1_900)));
    assert_eq!(
        release.call(),
        &Call::Release(token("t0")),
        "the newest it knows"
    );
}

#[test]
fn a_candidate_that_resigns_releases_what_it_is_granted_yet() {
    let mut campaign = candidate(1);
    let ask = asked(&campaign.start(at(1_000)));
    assert_eq!(campaign.resign(at(1_001)), []);
    assert!(!campaign.holds_nothing());
    let effects = campaign.answered(at(1_005), &ask, won("t0"));
    assert_eq!(changed(&effects), []);
    assert_eq!(asked(&effects).call(), &Call::Release(token("t0")));
}
