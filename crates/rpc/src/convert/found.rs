use groupkeeper_registry::peer::{Decision, Found};
use groupkeeper_types::{Epoch, Revision, Stamp};

use super::{gateway_addr, group};
use crate::invalid_message::required;
use crate::{InvalidMessage, proto};

impl From<Stamp> for proto::Stamp {
    fn from(stamp: Stamp) -> Self {
        Self {
            epoch: stamp.epoch.get(),
            revision: stamp.revision.get(),
        }
    }
}

impl From<proto::Stamp> for Stamp {
    fn from(stamp: proto::Stamp) -> Self {
        Self::new(Epoch::new(stamp.epoch), Revision::new(stamp.revision))
    }
}

/// An absent stamp is the zero stamp.
pub(super) fn stamp(stamp: Option<proto::Stamp>) -> Stamp {
    stamp.map_or(Stamp::ZERO, Stamp::from)
}

impl From<Decision> for proto::Decision {
    fn from(decision: Decision) -> Self {
        Self {
            group: decision.group.into(),
            coordinator: decision.coordinator.into(),
            stamp: Some(decision.stamp.into()),
        }
    }
}

impl TryFrom<proto::Decision> for Decision {
    type Error = InvalidMessage;

    fn try_from(decision: proto::Decision) -> Result<Self, Self::Error> {
        Ok(Self {
            group: group(&decision.group)?,
            coordinator: gateway_addr("coordinator", &decision.coordinator)?,
            stamp: stamp(decision.stamp),
        })
    }
}

impl From<Found> for proto::Found {
    fn from(found: Found) -> Self {
        Self {
            decision: Some(found.decision.into()),
            as_of: Some(found.as_of.into()),
        }
    }
}

impl TryFrom<proto::Found> for Found {
    type Error = InvalidMessage;

    fn try_from(found: proto::Found) -> Result<Self, Self::Error> {
        Ok(Self {
            decision: required("decision", found.decision)?.try_into()?,
            as_of: stamp(found.as_of),
        })
    }
}
