use groupkeeper_registry::peer::{Held, Ownership};
use groupkeeper_types::GroupName;

use super::ack::{lease, micros};
use super::{gateway_addr, group};
use crate::invalid_message::required;
use crate::{InvalidMessage, MAX_OWNS, OwnedGroups, proto};

impl proto::OwnsRequest {
    pub(crate) fn parse(&self) -> Result<Vec<GroupName>, InvalidMessage> {
        at_most(self.groups.len())?;
        self.groups.iter().map(|name| group(name)).collect()
    }
}

impl proto::Ownership {
    pub(crate) fn new(group: GroupName, ownership: Ownership) -> Self {
        let held = ownership.held;
        Self {
            group: group.into(),
            token: held.map(|held| held.token.into()),
            left_micros: held.map_or(0, |held| micros(held.left)),
            coordinator: ownership.coordinator.map(Into::into),
        }
    }
}

impl TryFrom<proto::OwnsResponse> for OwnedGroups {
    type Error = InvalidMessage;

    fn try_from(owned: proto::OwnsResponse) -> Result<Self, Self::Error> {
        at_most(owned.groups.len())?;
        let groups = owned.groups.iter().map(ownership);
        Ok(Self {
            gateway: required("gateway", owned.gateway)?.try_into()?,
            groups: groups.collect::<Result<_, _>>()?,
        })
    }
}

fn ownership(of: &proto::Ownership) -> Result<(GroupName, Ownership), InvalidMessage> {
    let left = lease("left_micros", of.left_micros)?;
    let coordinator = of.coordinator.as_deref();
    let coordinator = coordinator.map(|addr| gateway_addr("coordinator", addr));
    let ownership = Ownership {
        held: of.token.map(|token| Held {
            token: token.into(),
            left,
        }),
        coordinator: coordinator.transpose()?,
    };
    Ok((group(&of.group)?, ownership))
}

fn at_most(count: usize) -> Result<(), InvalidMessage> {
    if count <= MAX_OWNS {
        return Ok(());
    }
    let why = format!("it has {count} entries, and {MAX_OWNS} is the most");
    Err(InvalidMessage::new("groups", &why))
}
