//! Who answers the calls of groups' members at the Kafka ports.

use std::sync::Arc;

use clap::ValueEnum;
use groupkeeper_gateway::{GroupCoordinator, MemoryGroups, MemoryOffsets};

/// What the Kafka ports of this process do with JoinGroup, OffsetCommit and the other calls that only
/// a group's coordinator may answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum GroupCalls {
    /// They send clients on to the group's coordinator (16), or say that it is not available (15).
    #[default]
    Refuse,
    /// The coordinator answers, out of memory: members and offsets are gone with the process, and a
    /// group that moves to another process begins anew. To try clients with.
    Memory,
}

impl GroupCalls {
    /// What answers them at each of so many gateways, which share their offsets.
    pub(crate) fn coordinators(self, gateways: usize) -> Vec<Option<Arc<dyn GroupCoordinator>>> {
        let offsets = Arc::new(MemoryOffsets::default());
        let one = || match self {
            Self::Refuse => None,
            Self::Memory => {
                let groups: Arc<dyn GroupCoordinator> =
                    Arc::new(MemoryGroups::new(Arc::clone(&offsets)));
                Some(groups)
            }
        };
        (0..gateways).map(|_| one()).collect()
    }
}
