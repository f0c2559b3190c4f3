//! Short names for moments, answers and effects.

use groupkeeper_election::{
    AcquireError, Answer, Ask, Call, Campaign, CampaignConfig, Change, Effect, Leadership,
    LockOwner, LockToken, LockUnavailable, RenewError,
};
use groupkeeper_types::Moment;

pub(crate) fn at(millis: u64) -> Moment {
    Moment::from_micros(millis * 1_000)
}

pub(crate) fn token(text: &str) -> LockToken {
    LockToken::new(text)
}

pub(crate) fn won(text: &str) -> Answer {
    Answer::Acquire(Ok(token(text)))
}

pub(crate) fn held(by: &str) -> Answer {
    Answer::Acquire(Err(AcquireError::Held {
        by: LockOwner::new(by),
    }))
}

pub(crate) fn renewed(text: &str) -> Answer {
    Answer::Renew(Ok(token(text)))
}

pub(crate) fn lost(to: Option<&str>) -> Answer {
    Answer::Renew(Err(RenewError::Lost {
        to: to.map(LockOwner::new),
    }))
}

pub(crate) fn unavailable() -> LockUnavailable {
    LockUnavailable::new("no answer")
}

/// The only call among these effects.
pub(crate) fn asked(effects: &[Effect]) -> Ask {
    let mut asks = effects.iter().filter_map(|effect| match effect {
        Effect::Ask(ask) => Some(ask.clone()),
        _ => None,
    });
    let ask = asks.next().expect("a call");
    assert_eq!(asks.next(), None, "one call in flight");
    ask
}

pub(crate) fn changed(effects: &[Effect]) -> Vec<Leadership> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Changed(Change { leadership, .. }) => Some(leadership.clone()),
            _ => None,
        })
        .collect()
}

pub(crate) fn other(name: &str) -> Leadership {
    Leadership::Other(LockOwner::new(name))
}

pub(crate) fn candidate(seed: u64) -> Campaign {
    Campaign::new(CampaignConfig::default(), seed).expect("the default is valid")
}

/// A leader that asked at 1,000 ms, and its token.
pub(crate) fn leader() -> Campaign {
    let mut campaign = candidate(1);
    let ask = asked(&campaign.start(at(1_000)));
    assert_eq!(ask.call(), &Call::Acquire);
    let effects = campaign.answered(at(1_010), &ask, won("t0"));
    assert!(matches!(changed(&effects)[..], [Leadership::Me(_)]));
    campaign
}
