//! What the commit under way will have done. Whoever plans beside it has to know, and changes nothing of it.

use std::sync::Arc;

use groupkeeper_assignment_store::{Failover, GatewayRecord};
use groupkeeper_types::{GatewayAddr, GroupName};

use crate::machine::{Batch, BatchChange};

/// The commit that is sent and not confirmed, if there is one.
#[derive(Debug, Clone, Copy)]
pub(super) struct InFlight<'a>(Option<&'a Batch>);

impl<'a> InFlight<'a> {
    pub(super) const fn new(batch: Option<&'a Batch>) -> Self {
        Self(batch)
    }

    /// The groups that it decides about, each by itself.
    pub(super) fn assigned(self) -> impl Iterator<Item = &'a GroupName> {
        self.changes().iter().filter_map(|change| match change {
            BatchChange::Assign(decision) => Some(&decision.group),
            BatchChange::Rewrite(_)
            | BatchChange::SetAside(_)
            | BatchChange::Admit(_)
            | BatchChange::Dismiss(_) => None,
        })
    }

    /// Whether it decides about this group by itself.
    pub(super) fn assigns(self, group: &GroupName) -> bool {
        self.assigned().any(|assigned| assigned == group)
    }

    /// Whether it gives a group to this gateway.
    pub(super) fn assigns_to(self, addr: &GatewayAddr) -> bool {
        let to = |change: &BatchChange| matches!(change, BatchChange::Assign(d) if d.coordinator == *addr);
        self.changes().iter().any(to)
    }

    /// The failover that it begins.
    pub(super) fn failover(self) -> Option<&'a Arc<Failover>> {
        let next = &self.0?.next;
        let newest = next.failovers.newest();
        newest.filter(|failover| failover.stamp() == next.stamp())
    }

    /// Whether it takes all groups from this gateway.
    pub(super) fn fails_over(self, addr: &GatewayAddr) -> bool {
        let takes = |failover: &Arc<Failover>| failover.takes_from(addr);
        self.failover().is_some_and(takes)
    }

    /// Whether it lets this very process into the stored set.
    pub(super) fn admits(self, record: &GatewayRecord) -> bool {
        let it = |change: &BatchChange| matches!(change, BatchChange::Admit(r) if r == record);
        self.changes().iter().any(it)
    }

    /// Whether it takes this gateway out of the stored set.
    pub(super) fn dismisses(self, addr: &GatewayAddr) -> bool {
        let it = |change: &BatchChange| matches!(change, BatchChange::Dismiss(a) if a == addr);
        self.changes().iter().any(it)
    }

    /// Whether it writes this gateway's place in the stored set.
    pub(super) fn touches(self, addr: &GatewayAddr) -> bool {
        let enters =
            |change: &BatchChange| matches!(change, BatchChange::Admit(r) if r.addr == *addr);
        self.dismisses(addr) || self.changes().iter().any(enters)
    }

    fn changes(self) -> &'a [BatchChange] {
        self.0.map_or(&[], |batch| &batch.changes)
    }
}
