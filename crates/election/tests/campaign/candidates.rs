//! Candidates, what they hear, and what they are granted too late.

use std::time::Duration;

use groupkeeper_election::{
    Answer, Call, Campaign, CampaignConfig, Effect, InvalidCampaignConfig, Leadership,
};

use crate::support::{asked, at, candidate, changed, held, other, token, unavailable, won};

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
