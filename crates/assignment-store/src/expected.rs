use groupkeeper_types::{Epoch, Nonce, Revision, Stamp};

use crate::{Failovers, GatewayRecord, LeaderRecord, Lineage, OtherVersion};

/// What must stand in the store for a new epoch to begin.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Expected {
    /// No leader record: nobody has led this fleet.
    DoesNotExist,
    /// Exactly this writing of it.
    Matches(LeaderRecord),
}

impl Expected {
    /// The stamp of what is to stand, [`Stamp::ZERO`] for no record.
    pub const fn stamp(&self) -> Stamp {
        match self {
            Self::DoesNotExist => Stamp::ZERO,
            Self::Matches(record) => record.stamp(),
        }
    }

    /// The record by which a gateway begins this epoch on top of it: with all that the record before says
    /// of what was decided.
    pub fn begun_by(&self, gateway: &GatewayRecord, epoch: Epoch, nonce: Nonce) -> LeaderRecord {
        let new = LeaderRecord {
            epoch,
            revision: Revision::ZERO.next(),
            leader: gateway.addr.clone(),
            incarnation: gateway.incarnation,
            rpc: gateway.rpc.clone(),
            lineage: Lineage::default(),
            floor: Stamp::ZERO,
            settled: Stamp::ZERO,
            failovers: Failovers::default(),
            leases: None,
            nonce,
            other: OtherVersion::default(),
        };
        let Self::Matches(before) = self else {
            return new;
        };
        LeaderRecord {
            revision: before.revision.next(),
            lineage: before.lineage.followed_by(before.stamp()),
            floor: before.floor,
            settled: before.settled,
            failovers: before.failovers.clone(),
            leases: before.leases,
            other: before.other.carried(),
            ..new
        }
    }

    /// Whether this is what stands.
    pub fn holds(&self, found: Option<&LeaderRecord>) -> bool {
        match self {
            Self::DoesNotExist => found.is_none(),
            Self::Matches(record) => found == Some(record),
        }
    }
}

impl From<Option<LeaderRecord>> for Expected {
    fn from(found: Option<LeaderRecord>) -> Self {
        found.map_or(Self::DoesNotExist, Self::Matches)
    }
}
