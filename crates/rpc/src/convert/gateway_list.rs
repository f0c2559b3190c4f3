use groupkeeper_registry::peer::RegistryStatus;

use super::member_list::members;
use crate::{GatewayList, InvalidMessage, proto};

impl From<RegistryStatus> for proto::ListGatewaysResponse {
    fn from(status: RegistryStatus) -> Self {
        Self {
            gateways: status.gateways.into_iter().map(Into::into).collect(),
            leader: status.leader.map(Into::into),
            fresh: status.fresh,
        }
    }
}

impl TryFrom<proto::ListGatewaysResponse> for GatewayList {
    type Error = InvalidMessage;

    fn try_from(list: proto::ListGatewaysResponse) -> Result<Self, Self::Error> {
        Ok(Self {
            gateways: members("gateways", list.gateways)?,
            leader: list.leader.map(TryInto::try_into).transpose()?,
            fresh: list.fresh,
        })
    }
}
