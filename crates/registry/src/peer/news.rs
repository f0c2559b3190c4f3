use std::sync::Arc;

use groupkeeper_assignment_store::Failover;
use groupkeeper_types::Stamp;

use super::Decision;

/// Something a leader has decided.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum News {
    /// About one group.
    Decided(Decision),
    /// About all groups of gateways that are gone. In the same commit it comes before what was decided
    /// about single groups, which are never among them.
    FailedOver(Arc<Failover>),
}

impl News {
    /// The commit that decided it.
    pub fn stamp(&self) -> Stamp {
        match self {
            Self::Decided(decision) => decision.stamp,
            Self::FailedOver(failover) => failover.stamp(),
        }
    }

    /// The bytes of its names and addresses, as good as its size on the wire.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Decided(decision) => decision.group.as_str().len(),
            Self::FailedOver(failover) => {
                let among = failover.among().iter().map(|(addr, _)| addr);
                let addrs = failover.gone().iter().chain(among);
                addrs.map(|addr| addr.as_str().len()).sum()
            }
        }
    }
}

impl From<Decision> for News {
    fn from(decision: Decision) -> Self {
        Self::Decided(decision)
    }
}
