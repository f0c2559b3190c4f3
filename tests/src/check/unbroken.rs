//! G5, and that lookups never stop: a group whose coordinator is well is answered all through, at
//! every gateway that is well, while the store is.

use super::Violation;
use super::faults::Faults;
use super::reigns::Reigns;
use crate::history::{Answer, Event, History};

pub(super) fn check(history: &History, reigns: &Reigns, faults: &Faults) -> Vec<Violation> {
    let mut violations = Vec::new();
    for event in &history.events {
        let Event::Answer {
            process,
            group,
            start,
            end,
            answer: answer @ (Answer::Error(_) | Answer::Lost(_)),
        } = event
        else {
            continue;
        };
        let (start, end) = (*start, *end);
        let at = history.addr(*process);
        let coordinators = reigns.between(group, start, end);
        let promised = !coordinators.is_empty()
            && faults.store_is_well(start, end)
            && faults.is_well(at, start, end)
            && coordinators
                .iter()
                .all(|addr| faults.is_well(addr, start, end));
        if promised {
            let what = format!(
                "{at} did not say that {coordinators:?} coordinates {group}: {answer:?} after {} µs",
                end - start
            );
            violations.push(Violation {
                of: "G5",
                at: start,
                what,
            });
        }
    }
    violations
}
