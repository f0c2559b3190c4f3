//! G5, and a part of G6: a group that was answered once has a coordinator ever after; whoever can't
//! tell which says so, and never that there is none.

use std::collections::BTreeMap;

use tokio::time::Instant;

use super::{Outcome, broken};

/// When each group was first answered.
#[derive(Debug, Default)]
pub(super) struct Durable(BTreeMap<usize, Instant>);

impl Durable {
    pub(super) fn answered(&mut self, group: usize) {
        self.0.entry(group).or_insert_with(Instant::now);
    }

    pub(super) fn not_found(&self, slot: usize, group: usize, begun: Instant) -> Outcome {
        match self.0.get(&group) {
            Some(first) if *first < begun => {
                let what = format!("gw{slot} says that g{group:02} has no coordinator");
                broken("G5 durable", what)
            }
            _ => Ok(()),
        }
    }
}
