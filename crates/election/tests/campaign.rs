//! The machine alone: every answer in its place, late, lost, or never.

use std::time::Duration;

use groupkeeper_election::{
    AcquireError, Answer, Ask, Call, Campaign, CampaignConfig, Change, Effect,
    InvalidCampaignConfig, Leadership, LockOwner, LockToken, LockUnavailable, RenewError,
};
use groupkeeper_types::Moment;

fn at(millis: u64) -> Moment {
    Moment::from_micros(millis * 1_000)
}

fn token(text: &str) -> LockToken {
    LockToken::new(text)
}

fn won(text: &str) -> Answer {
    Answer::Acquire(Ok(token(text)))
}

fn held(by: &str) -> Answer {
    Answer::Acquire(Err(AcquireError::Held {
        by: LockOwner::new(by),
    }))
}

fn renewed(text: &str) -> Answer {
    Answer::Renew(Ok(token(text)))
}

fn lost(to: Option<&str>) -> Answer {
    Answer::Renew(Err(RenewError::Lost {
        to: to.map(LockOwner::new),
    }))
}

fn unavailable() -> LockUnavailable {
    LockUnavailable::new("no answer")
}

/// The only call among these effects.
fn asked(effects: &[Effect]) -> Ask {
    let mut asks = effects.iter().filter_map(|effect| match effect {
        Effect::Ask(ask) => Some(ask.clone()),
        _ => None,
    });
    let ask = asks.next().expect("a call");
    assert_eq!(asks.next(), None, "one call in flight");
    ask
}

fn changed(effects: &[Effect]) -> Vec<Leadership> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Changed(Change { leadership, .. }) => Some(leadership.clone()),
            _ => None,
        })
        .collect()
}

fn other(name: &str) -> Leadership {
    Leadership::Other(LockOwner::new(name))
}

fn candidate(seed: u64) -> Campaign {
    Campaign::new(CampaignConfig::default(), seed).expect("the default is valid")
}

/// A leader that asked at 1,000 ms, and its token.
fn leader() -> Campaign {
    let mut campaign = candidate(1);
    let ask = asked(&campaign.start(at(1_000)));
    assert_eq!(ask.call(), &Call::Acquire);
    let effects = campaign.answered(at(1_010), &ask, won("t0"));
    assert!(matches!(changed(&effects)[..], [Leadership::Me(_)]));
    campaign
}

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

#[test]
fn a_lock_that_comes_too_late_is_released_and_not_claimed() {
    let mut campaign = candidate(1);
    let first = asked(&campaign.start(at(1_000)));
    let second = asked(&campaign.tick(at(1_400)));
    assert_eq!(campaign.answered(at(1_450), &first, won("t1")), []);
    assert_eq!(campaign.term(), None);
    let effects = campaign.answered(at(1_460), &second, held("self:1"));
    let release = asked(&effects);
    assert_eq!(release.call(), &Call::Release(token("t1")));

    // The release fails: it is tried again, and only while that lock can still be held.
    let mut now = at(1_460);
    let mut ask = release;
    loop {
        let failure = Answer::Release(Err(unavailable()));
        assert_eq!(campaign.answered(now, &ask, failure), []);
        now = campaign.next_deadline();
        ask = asked(&campaign.tick(now));
        if ask.call() == &Call::Acquire {
            break;
        }
        assert_eq!(ask.call(), &Call::Release(token("t1")));
    }
    assert_eq!(now, at(3_450));
}

#[test]
fn a_lock_that_comes_too_late_for_a_leader_is_over() {
    let mut campaign = candidate(1);
    let first = asked(&campaign.start(at(1_000)));
    let second = asked(&campaign.tick(at(1_400)));
    campaign.answered(at(1_410), &second, won("t2"));
    assert_eq!(campaign.answered(at(1_450), &first, won("t1")), []);
    assert_eq!(campaign.term().unwrap().asked_at, at(1_400));
    let renewal = asked(&campaign.tick(at(1_900)));
    assert_eq!(renewal.call(), &Call::Renew(token("t2")));
}

#[test]
fn candidates_spread_and_stay_within_the_retry_time() {
    let mut waits = Vec::new();
    for seed in 0..100 {
        let mut campaign = candidate(seed);
        let ask = asked(&campaign.start(at(1_000)));
        assert_eq!(
            changed(&campaign.answered(at(1_003), &ask, held("a:1"))),
            [other("a:1")]
        );
        waits.push(campaign.next_deadline().since(at(1_000)));
    }
    let (least, most) = (Duration::from_millis(125), Duration::from_millis(250));
    assert!(
        waits.iter().all(|wait| (least..=most).contains(wait)),
        "{waits:?}"
    );
    waits.sort();
    waits.dedup_by_key(|wait| wait.as_millis() / 10);
    assert!(
        waits.len() >= 10,
        "100 candidates in {} steps of 10 ms",
        waits.len()
    );
}

#[test]
fn hearsay_lasts_a_time_to_live() {
    let mut campaign = candidate(1);
    let mut ask = asked(&campaign.start(at(1_000)));
    campaign.answered(at(1_003), &ask, held("a:1"));
    let mut told = Vec::new();
    while told.is_empty() {
        let now = campaign.next_deadline();
        let effects = campaign.tick(now);
        told = changed(&effects);
        if !told.is_empty() {
            assert_eq!((now, &told[..]), (at(3_003), &[Leadership::Unknown][..]));
        } else if effects
            .iter()
            .any(|effect| matches!(effect, Effect::Ask(_)))
        {
            ask = asked(&effects);
            campaign.answered(now, &ask, Answer::Acquire(Err(unavailable().into())));
        }
    }
}

#[test]
fn resigning_stops_the_claim_and_then_releases() {
    let mut campaign = leader();
    let effects = campaign.resign(at(1_200));
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

#[test]
fn a_hint_asks_at_once_and_a_flood_of_hints_does_not() {
    let mut campaign = candidate(1);
    let ask = asked(&campaign.start(at(1_000)));
    campaign.answered(at(1_003), &ask, held("a:1"));
    let ask = asked(&campaign.wake(at(1_050)));
    assert_eq!(ask.call(), &Call::Acquire);
    // The call in flight may be older than the hint: one more follows it.
    assert_eq!(campaign.wake(at(1_051)), []);
    campaign.answered(at(1_052), &ask, held("a:1"));
    assert_eq!(campaign.next_deadline(), at(1_075));

    let mut calls = 0;
    for now in 2_000..3_000 {
        for effect in campaign.wake(at(now)) {
            if let Effect::Ask(ask) = effect {
                calls += 1;
                campaign.answered(at(now), &ask, held("a:1"));
            }
        }
    }
    assert!((30..=41).contains(&calls), "{calls} calls in a second");
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

#[test]
fn a_configuration_that_cannot_keep_its_promise_is_no_campaign() {
    let config = CampaignConfig {
        margin: Duration::from_secs(1),
        ..CampaignConfig::default()
    };
    let refused = Campaign::new(config, 1).map(|_| ());
    assert!(matches!(
        refused,
        Err(InvalidCampaignConfig::RenewsTooLate { .. })
    ));
}
