//! G1: two gateways that answer for one group, after the last move settled, name the same
//! coordinator.
//!
//! A move is known from the first answer that tells it: its commit was done by then. A gateway that
//! has not heard of it may answer from its cache as long as its session lasts: a lease by a slow
//! clock, and as long again as a leader takes to find out that it was replaced.

use std::collections::BTreeMap;
use std::time::Duration;

use groupkeeper_registry::Timing;
use groupkeeper_simulation::Violation;
use groupkeeper_types::{GatewayAddr, Stamp};
use tokio::time::Instant;

use super::{Answer, broken};

const NAME: &str = "G1 one answer";

#[derive(Debug)]
pub(super) struct OneAnswer {
    settles_within: Duration,
    /// By group and stamp: one decision is one coordinator, whoever tells it.
    told: BTreeMap<(usize, Stamp), GatewayAddr>,
    newest: BTreeMap<usize, Newest>,
    store_away: bool,
    store_back: Instant,
}

#[derive(Debug)]
struct Newest {
    stamp: Stamp,
    coordinator: GatewayAddr,
    /// When the group was first said to be there.
    moved: Instant,
}

impl OneAnswer {
    pub(super) fn new(timing: &Timing) -> Self {
        Self {
            settles_within: timing.wait() + timing.verify_every + timing.store_call,
            told: BTreeMap::new(),
            newest: BTreeMap::new(),
            store_away: false,
            store_back: Instant::now(),
        }
    }

    pub(super) fn store_is_away(&mut self, away: bool) {
        self.store_away = away;
        self.store_back = Instant::now();
    }

    /// Says from where a group has moved, where that is news.
    pub(super) fn look(&mut self, answer: &Answer) -> Result<Option<GatewayAddr>, Violation> {
        let decision = &answer.found.decision;
        let Answer { group, slot, .. } = answer;
        let told = self
            .told
            .entry((*group, decision.stamp))
            .or_insert_with(|| decision.coordinator.clone());
        if *told != decision.coordinator {
            let what = format!(
                "gw{slot} says that g{group:02} is at {} by {}, and another said at {told}",
                decision.coordinator, decision.stamp
            );
            return broken(NAME, what).map(|()| None);
        }
        let Some(newest) = self.newest.get_mut(group) else {
            let newest = Newest {
                stamp: decision.stamp,
                coordinator: decision.coordinator.clone(),
                moved: Instant::now(),
            };
            self.newest.insert(*group, newest);
            return Ok(None);
        };
        let same = newest.coordinator == decision.coordinator;
        if decision.stamp >= newest.stamp {
            newest.stamp = decision.stamp;
            if same {
                return Ok(None);
            }
            newest.moved = Instant::now();
            let from = std::mem::replace(&mut newest.coordinator, decision.coordinator.clone());
            return Ok(Some(from));
        }
        let settled = newest.moved.max(self.store_back) + self.settles_within;
        if same || self.store_away || answer.begun <= settled {
            return Ok(None);
        }
        let what = format!(
            "gw{slot} says that g{group:02} is at {} by {}; {:?} before it was asked it had moved to {} ({})",
            decision.coordinator,
            decision.stamp,
            answer.begun - newest.moved,
            newest.coordinator,
            newest.stamp
        );
        broken(NAME, what).map(|()| None)
    }
}
