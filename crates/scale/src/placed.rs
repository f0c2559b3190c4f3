use std::collections::BTreeMap;

use groupkeeper_assignment_store::LeaderRecord;
use groupkeeper_registry::Folding;
use groupkeeper_registry::peer::Decision;
use groupkeeper_types::Stamp;

use crate::fleet;

/// Which gateway every group is at, by numbers: what stands in the store, as failovers move it.
#[derive(Debug, Default)]
pub(crate) struct Placed {
    /// By the group's number: the gateway's number and one, or 0 for none.
    at: Vec<u32>,
    stamps: Vec<Stamp>,
    loads: BTreeMap<u32, u64>,
    pub(crate) moved: u64,
}

impl Placed {
    pub(crate) fn expect(&mut self, groups: u32) {
        let groups = usize::try_from(groups).expect("numbers of groups fit");
        self.at.resize(groups, 0);
        self.stamps.resize(groups, Stamp::ZERO);
    }

    pub(crate) fn assign(&mut self, decision: &Decision) {
        let group = fleet::group_number(&decision.group);
        let gateway = fleet::gateway_number(&decision.coordinator);
        let before = std::mem::replace(&mut self.at[group], gateway + 1);
        self.stamps[group] = decision.stamp;
        if before == gateway + 1 {
            return;
        }
        *self.loads.entry(gateway).or_default() += 1;
        if before > 0 {
            self.moved += 1;
            if let Some(load) = self.loads.get_mut(&(before - 1)) {
                *load -= 1;
            }
        }
    }

    /// Makes of every group what each gateway makes of it.
    pub(crate) fn fail_over(&mut self, record: &LeaderRecord) {
        let Some(newest) = record.failovers.newest() else {
            return;
        };
        let folding = Folding::new(&record.failovers).expect("there is one version of the rules");
        let gone: Vec<u32> = newest.gone().iter().map(fleet::gateway_number).collect();
        for group in 0..self.at.len() {
            if self.at[group] == 0 || !gone.contains(&(self.at[group] - 1)) {
                continue;
            }
            let stored = Decision {
                group: fleet::group(group),
                coordinator: fleet::gateway(self.at[group] - 1),
                stamp: self.stamps[group],
            };
            self.assign(&folding.fold(stored));
        }
    }

    pub(crate) fn count(&self) -> u64 {
        self.loads.values().sum()
    }

    pub(crate) fn of(&self, gateway: u32) -> u64 {
        self.loads.get(&gateway).copied().unwrap_or_default()
    }

    /// The most groups that one gateway has, over the mean of these.
    pub(crate) fn balance(&self, gateways: usize) -> f64 {
        let most = self.loads.values().max().copied().unwrap_or_default();
        #[allow(clippy::cast_precision_loss, reason = "a ratio for people to read")]
        let ratio =
            |most: u64, all: u64, gateways: usize| most as f64 * gateways as f64 / all as f64;
        ratio(most, self.count().max(1), gateways)
    }
}
