//! The promises, by their numbers in docs/guarantees.md.

use groupkeeper_registry::peer::Decision;
use groupkeeper_types::GroupName;
use stateright::Property;

use crate::flying::{Answer, Flying};
use crate::model::Fleet;
use crate::names;
use crate::state::{Broken, Event, Gateway, State, moment};

pub(crate) fn all(settled: bool) -> Vec<Property<Fleet>> {
    let mut all = vec![
        Property::<Fleet>::always("G1 one answer", |_, state| {
            state
                .gateways
                .iter()
                .all(|gateway| names::groups().all(|group| right(state, gateway, &group)))
        }),
        Property::<Fleet>::always("G2 one owner", |_, state| {
            names::groups().all(|group| {
                let owns = |gateway: &&crate::hashed::Hashed<Gateway>| {
                    gateway.machine.owns(&group, state.moment()).is_some()
                };
                state.gateways.iter().filter(owns).count() <= 1
            })
        }),
        Property::<Fleet>::always("G2 what is published is what is owned", |_, state| {
            state.gateways.iter().all(|gateway| {
                names::groups().all(|group| {
                    let published = gateway.held.get(&group).copied();
                    let published = published.filter(|_| state.moment() < gateway.lease_until);
                    gateway.machine.owns(&group, state.moment()) == published
                })
            })
        }),
        Property::<Fleet>::always("G3 fenced", |_, state| state.broken != Some(Broken::Fenced)),
        Property::<Fleet>::always("G4 sticky", |_, state| state.broken != Some(Broken::Sticky)),
        Property::<Fleet>::always("G5 durable", |_, state| {
            let stored = |group| state.store.assignments.get(group).map(|it| it.stamp);
            let kept = state
                .history
                .answered
                .iter()
                .all(|(group, stamp)| stored(group) >= Some(*stamp));
            kept && state.broken != Some(Broken::Durable)
        }),
        Property::<Fleet>::always("G6 honest", |_, state| state.broken != Some(Broken::Honest)),
    ];
    if settled {
        all.extend([
            Property::<Fleet>::sometimes("a take-over", |_, state| {
                state
                    .store
                    .record
                    .as_ref()
                    .is_some_and(|record| record.epoch.get() >= 2)
                    && state.gateways.iter().any(|gateway| gateway.leads)
            }),
            Property::<Fleet>::sometimes("a move", |_, state| {
                state.history.decided.values().any(|all| {
                    all.windows(2)
                        .any(|two| two[0].0.coordinator != two[1].0.coordinator)
                })
            }),
            Property::<Fleet>::sometimes("each owns a group", |_, state| {
                let owns = |gateway: &crate::hashed::Hashed<Gateway>| {
                    gateway.machine.owned(state.moment()).next().is_some()
                };
                state.gateways.iter().all(owns)
            }),
            Property::<Fleet>::sometimes("half a commit settled by the next leader", |_, state| {
                state.event == Event::Settled
            }),
            Property::<Fleet>::sometimes("an old leader's write refused", |_, state| {
                state.event == Event::Refused
                    && state.flying.keys().any(|it| {
                        matches!(
                            **it,
                            Flying::Answer {
                                answer: Answer::Stale(_),
                                ..
                            }
                        )
                    })
            }),
        ]);
    }
    all
}

/// Whether a gateway that would answer for a group from its memory answers right.
fn right(state: &State, gateway: &Gateway, group: &GroupName) -> bool {
    let now = state.moment();
    let Some(answer) = gateway
        .view
        .get(group)
        .filter(|it| now < gateway.fresh_until && gateway.members.contains(&it.coordinator))
    else {
        return true;
    };
    let decided = state
        .history
        .decided
        .get(group)
        .map_or(&[][..], Vec::as_slice);
    let same = |it: &(Decision, u64)| it.0 == *answer;
    let Some(place) = decided.iter().position(same) else {
        return false;
    };
    let moved = decided[place..]
        .iter()
        .find(|(it, _)| it.coordinator != answer.coordinator);
    let Some((newer, at)) = moved else {
        return true;
    };
    let leased = now < gateway.lease_until;
    let over = now >= moment(*at) + crate::timing().lease;
    gateway.applied < newer.stamp && !(leased && over)
}
