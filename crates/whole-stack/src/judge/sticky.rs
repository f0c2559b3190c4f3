//! G4: a group moves only because its coordinator died or drains, or somebody moved it. Whatever
//! happens to the lock service or to the store moves none, and neither does a change of leader.
//!
//! A gateway is ill while its process is gone or leaves, or something is wrong with its machine or its
//! wires, and for a while after that: its groups move when its lease is over, and the move is seen
//! when somebody asks. From a gateway that was well all the while none moves.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use groupkeeper_types::GatewayAddr;
use tokio::time::Instant;

use super::{Outcome, broken};
use crate::names;

/// A lease, a change of leader, and until each group has been asked for. In the rest of that time the
/// group might have moved for the illness, unseen.
const SEEN_WITHIN: Duration = Duration::from_secs(15);

#[derive(Debug, Default)]
pub(super) struct Sticky {
    /// How many things are wrong with a slot, and when the last of them began or ended.
    ill: BTreeMap<usize, (u32, Instant)>,
    /// Groups that an operator has moved at some time: anybody may tell of it late.
    wanted: BTreeSet<usize>,
}

impl Sticky {
    pub(super) fn falls_ill(&mut self, slot: usize) {
        let (ills, since) = self.ill.entry(slot).or_insert((0, Instant::now()));
        (*ills, *since) = (*ills + 1, Instant::now());
    }

    pub(super) fn is_better(&mut self, slot: usize) {
        if let Some((ills, since)) = self.ill.get_mut(&slot) {
            (*ills, *since) = (ills.saturating_sub(1), Instant::now());
        }
    }

    pub(super) fn want(&mut self, group: usize) {
        self.wanted.insert(group);
    }

    /// An answer tells that a group is no longer where it was said to be.
    pub(super) fn moved(&self, group: usize, from: &GatewayAddr, to: &GatewayAddr) -> Outcome {
        let slot = names::slot(from);
        let (ills, since) = match slot.and_then(|slot| self.ill.get(&slot)) {
            Some((ills, since)) => (*ills, Some(since.elapsed())),
            None => (0, None),
        };
        let long_well = since.is_none_or(|since| since > SEEN_WITHIN);
        if ills > 0 || !long_well || self.wanted.contains(&group) {
            return Ok(());
        }
        let well = since.map_or_else(|| "always".to_owned(), |since| format!("for {since:?}"));
        let what = format!("g{group:02} moves to {to} from {from}, which was well {well}");
        broken("G4 sticky", what)
    }
}
