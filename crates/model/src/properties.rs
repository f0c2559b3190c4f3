//! The promises, by their numbers in docs/guarantees.md, and what a search must come upon.

use groupkeeper_types::GroupName;
use stateright::Property;

use crate::fleet::Fleet;
use crate::names;
use crate::seen::Kind;
use crate::state::{Broken, Gateway, State};

type Condition = fn(&Fleet, &State) -> bool;

const ALWAYS: [(&str, Condition); 8] = [
    ("G1 one answer", |fleet, state| {
        let right = |gateway: &Gateway| {
            names::groups()
                .iter()
                .all(|it| is_right(fleet, state, gateway, it))
        };
        state.gateways.iter().all(|it| right(it))
    }),
    ("G2 one owner", |_, state| {
        let now = state.moment();
        names::groups().iter().all(|group| {
            let owns = |it: &Gateway| !it.gone && it.machine.owns(group, now).is_some();
            state.gateways.iter().filter(|it| owns(it)).count() <= 1
        })
    }),
    ("G2 what is published is what is owned", |_, state| {
        let now = state.moment();
        state.gateways.iter().all(|gateway| {
            names::groups().iter().all(|group| {
                let published = gateway.held.get(group).copied();
                let published = published.filter(|_| now < gateway.lease_until);
                let floor = gateway.machine.head().token_floor;
                let published = published.map(|stamp| stamp.max(floor));
                gateway.machine.owns(group, now) == published
            })
        })
    }),
    ("G2 whoever acts is in the stored set", |_, state| {
        let stored = |gateway: &Gateway| {
            let known = state.store.gateways.get(names::addr(gateway.pid.0));
            known.map(|it| it.gateway.incarnation) == Some(names::incarnation(gateway.pid))
        };
        let acts = |it: &Gateway| it.may_act(state.moment()) && !it.held.is_empty();
        state.gateways.iter().all(|it| !acts(it) || stored(it))
    }),
    ("G3 fenced", |_, state| state.broken != Some(Broken::Fenced)),
    ("G4 sticky", |_, state| state.broken != Some(Broken::Sticky)),
    ("G5 durable", |_, state| {
        let now = state.moment();
        let kept = |gateway: &Gateway, group: &GroupName| {
            let stored = state.store.effective(group).map(|it| it.stamp);
            gateway
                .answer(group, now)
                .is_none_or(|it| stored >= Some(it.stamp))
        };
        state.broken != Some(Broken::Durable)
            && state
                .gateways
                .iter()
                .all(|it| names::groups().iter().all(|group| kept(it, group)))
    }),
    ("G6 honest", |_, state| state.broken != Some(Broken::Honest)),
];

const SOMETIMES: [Condition; Kind::ALL.len()] = {
    use Kind::*;
    [
        |fleet, _| fleet.seen.is_news(TakeOver),
        |fleet, _| fleet.seen.is_news(Moved),
        |fleet, _| fleet.seen.is_news(MovedFromLiving),
        |fleet, _| fleet.seen.is_news(MovedFromSilent),
        |fleet, _| fleet.seen.is_news(Kept),
        |fleet, _| fleet.seen.is_news(LeaseOver),
        |fleet, _| fleet.seen.is_news(RevokeHeard),
        |fleet, _| fleet.seen.is_news(Refused),
        |fleet, _| fleet.seen.is_news(HalfSettled),
        |fleet, _| fleet.seen.is_news(Repeated),
        |fleet, _| fleet.seen.is_news(LateWrite),
        |fleet, _| fleet.seen.is_news(Returned),
        |fleet, _| fleet.seen.is_news(Left),
        |fleet, _| fleet.seen.is_news(Told),
    ]
};

pub(crate) fn all(must_see: &[Kind]) -> Vec<Property<Fleet>> {
    let always = ALWAYS.map(|(name, holds)| Property::<Fleet>::always(name, holds));
    let sometimes = must_see
        .iter()
        .map(|kind| Property::<Fleet>::sometimes(kind.name(), SOMETIMES[*kind as usize]));
    always.into_iter().chain(sometimes).collect()
}

/// Whether a gateway that would answer for a group from its memory answers right: with what a whole
/// commit decided, and not with what was before a move that it has applied. Nor with what was before
/// a move a lease ago, unless its leader can't verify its own term: then it may be deposed, and the
/// move is not settled before this gateway hears of it or stops answering.
fn is_right(fleet: &Fleet, state: &State, gateway: &Gateway, group: &GroupName) -> bool {
    let now = state.moment();
    let Some(answer) = gateway.answer(group, now) else {
        return true;
    };
    let decided = state.history.decided.get(group);
    let decided = decided.map_or(&[][..], Vec::as_slice);
    let Some(place) = decided.iter().position(|it| it.0 == *answer) else {
        return false;
    };
    let moved = decided[place..]
        .iter()
        .find(|(it, _)| it.coordinator != answer.coordinator);
    let Some((newer, at)) = moved else {
        return true;
    };
    let leased = now < gateway.lease_until;
    let over = now >= *at + fleet.timing().lease;
    gateway.applied < newer.stamp && !(leased && over)
}
