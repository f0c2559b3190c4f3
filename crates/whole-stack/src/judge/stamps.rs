//! G3, as it shows from outside: what a process says about a group never gets older.

use std::collections::BTreeMap;

use groupkeeper_types::Stamp;
use tokio::time::Instant;

use super::{Answer, Outcome, broken};

/// By process and group: when an answer was newer than all before it.
#[derive(Debug, Default)]
pub(super) struct Stamps(BTreeMap<(u64, usize), Vec<(Instant, Stamp)>>);

impl Stamps {
    pub(super) fn look(&mut self, answer: &Answer) -> Outcome {
        let Some(pid) = answer.pid else {
            return Ok(());
        };
        let stamp = answer.found.decision.stamp;
        let told = self.0.entry((pid, answer.group)).or_default();
        // Questions that are under way at the same time may be answered in any order.
        let before = told.iter().rev().find(|(at, _)| *at < answer.begun);
        if let Some((at, newer)) = before
            && stamp < *newer
        {
            let Answer { group, slot, .. } = answer;
            let what = format!(
                "gw{slot} (p{pid}) answers g{group:02} by {stamp} ({:?}), {:?} after it did so by {newer}",
                answer.way,
                answer.begun - *at
            );
            return broken("G3 never an older answer", what);
        }
        if told.last().is_none_or(|(_, last)| *last < stamp) {
            told.push((Instant::now(), stamp));
        }
        Ok(())
    }

    pub(super) fn forget(&mut self, pid: u64) {
        self.0.retain(|(it, _), _| *it != pid);
    }
}
