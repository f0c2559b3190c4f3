use groupkeeper_registry::peer::{Leave, Resigned};
use groupkeeper_types::{Epoch, GatewayAddr, GroupName, Incarnation};

use super::found::stamp;
use super::{gateway_addr, group, news};
use crate::{InvalidMessage, proto};

impl From<Leave> for proto::DeregisterRequest {
    fn from(leave: Leave) -> Self {
        Self {
            gateway: leave.gateway.into(),
            incarnation: leave.incarnation.get(),
            keep_groups: leave.keep_groups,
        }
    }
}

impl TryFrom<proto::DeregisterRequest> for Leave {
    type Error = InvalidMessage;

    fn try_from(request: proto::DeregisterRequest) -> Result<Self, Self::Error> {
        Ok(Self {
            gateway: gateway_addr("gateway", &request.gateway)?,
            incarnation: Incarnation::new(request.incarnation),
            keep_groups: request.keep_groups,
        })
    }
}

impl From<Resigned> for proto::ResignedRequest {
    fn from(resigned: Resigned) -> Self {
        Self {
            epoch: resigned.epoch.get(),
            after: Some(resigned.after.into()),
            stamp: Some(resigned.stamp.into()),
            news: resigned.news.iter().cloned().map(Into::into).collect(),
        }
    }
}

impl TryFrom<proto::ResignedRequest> for Resigned {
    type Error = InvalidMessage;

    fn try_from(request: proto::ResignedRequest) -> Result<Self, Self::Error> {
        Ok(Self {
            epoch: Epoch::new(request.epoch),
            after: stamp(request.after),
            stamp: stamp(request.stamp),
            news: news::all(request.news)?.into(),
        })
    }
}

impl From<()> for proto::DeregisterResponse {
    fn from((): ()) -> Self {
        Self {}
    }
}

impl From<GatewayAddr> for proto::DrainRequest {
    fn from(gateway: GatewayAddr) -> Self {
        Self {
            gateway: gateway.into(),
        }
    }
}

impl proto::DrainRequest {
    pub(crate) fn parse(&self) -> Result<GatewayAddr, InvalidMessage> {
        gateway_addr("gateway", &self.gateway)
    }
}

impl From<()> for proto::DrainResponse {
    fn from((): ()) -> Self {
        Self {}
    }
}

impl From<()> for proto::ResignedResponse {
    fn from((): ()) -> Self {
        Self {}
    }
}

impl proto::ReassignRequest {
    pub(crate) fn new(group: &GroupName, to: Option<&GatewayAddr>) -> Self {
        Self {
            group: group.as_str().to_owned(),
            to: to.map(|to| to.as_str().to_owned()),
        }
    }

    pub(crate) fn parse(&self) -> Result<(GroupName, Option<GatewayAddr>), InvalidMessage> {
        let to = self
            .to
            .as_deref()
            .map(|to| gateway_addr("to", to))
            .transpose()?;
        Ok((group(&self.group)?, to))
    }
}
