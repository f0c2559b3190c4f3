//! G1: gateways that answer name the same coordinator, once a move is settled.
//!
//! An answer is right when it names an owner of the group whose time it can be of: not before the
//! one before had been seen as owner for the last time, and not later than the settling after the
//! next one had been seen for the first time. And no gateway goes back to an earlier one.

use std::collections::BTreeMap;

use super::faults::Faults;
use super::reigns::{Reign, Reigns};
use super::{SETTLE, Violation};
use crate::history::{Answer, Event, History};

pub(super) fn check(history: &History, reigns: &Reigns, faults: &Faults) -> Vec<Violation> {
    // The earliest reign of which each gateway's last answer about a group can be.
    let mut last = BTreeMap::<(usize, &str), usize>::new();
    let mut violations = Vec::new();
    for event in &history.events {
        let Event::Answer {
            process,
            group,
            start,
            end,
            answer: Answer::At(named),
        } = event
        else {
            continue;
        };
        let of_group = reigns.of_group(group);
        let at = history.addr(*process);
        let mut wrong = |what: String| {
            let what = format!("{at} says that {named} coordinates {group}: {what}");
            violations.push(Violation {
                of: "G1",
                at: *start,
                what,
            });
        };
        let places = fitting(of_group, named, *start, *end);
        let earliest = last.entry((*process, group)).or_default();
        if let Some(place) = places.iter().find(|place| *place >= earliest) {
            *earliest = *place;
        } else if !places.is_empty() {
            wrong("it had named a later owner before".to_owned());
        } else if of_group.iter().any(|reign| reign.addr == *named) {
            wrong(format!("not its time: {}", shown(of_group)));
        } else if faults.is_well(named, *start, *end) && !of_group.is_empty() {
            // One that died before it could act may be named for a while.
            wrong(format!("it never owned it: {}", shown(of_group)));
        }
    }
    violations
}

/// The places of the reigns of which the answer can be.
fn fitting(reigns: &[Reign], named: &str, start: u64, end: u64) -> Vec<usize> {
    let fits = |place: &usize| {
        let begins = place
            .checked_sub(1)
            .map_or(0, |before| reigns[before].lasted);
        let next = reigns.get(place + 1);
        let settled = next.map_or(u64::MAX, |next| next.began.saturating_add(SETTLE));
        reigns[*place].addr == named && begins <= end && start <= settled
    };
    (0..reigns.len()).filter(fits).collect()
}

fn shown(reigns: &[Reign]) -> String {
    let shown = reigns.iter().map(|reign| {
        let Reign {
            addr,
            first_token,
            began,
            lasted,
        } = reign;
        format!("{addr} by {first_token:?} from {began} to {lasted} µs")
    });
    shown.collect::<Vec<_>>().join(", ")
}
