use groupkeeper_assignment_store::GatewayRecord;
use groupkeeper_registry::peer::LeaderView;
use groupkeeper_types::{Epoch, Incarnation};

use super::{gateway_addr, rpc_addr};
use crate::{InvalidMessage, proto};

impl From<GatewayRecord> for proto::Gateway {
    fn from(gateway: GatewayRecord) -> Self {
        Self {
            addr: gateway.addr.into(),
            rpc: gateway.rpc.into(),
            incarnation: gateway.incarnation.get(),
        }
    }
}

impl TryFrom<proto::Gateway> for GatewayRecord {
    type Error = InvalidMessage;

    fn try_from(gateway: proto::Gateway) -> Result<Self, Self::Error> {
        Ok(Self {
            addr: gateway_addr("addr", &gateway.addr)?,
            incarnation: Incarnation::new(gateway.incarnation),
            rpc: rpc_addr(&gateway.rpc)?,
        })
    }
}

impl From<LeaderView> for proto::LeaderView {
    fn from(leader: LeaderView) -> Self {
        Self {
            addr: leader.addr.into(),
            rpc: leader.rpc.into(),
            epoch: leader.epoch.get(),
        }
    }
}

impl TryFrom<proto::LeaderView> for LeaderView {
    type Error = InvalidMessage;

    fn try_from(leader: proto::LeaderView) -> Result<Self, Self::Error> {
        Ok(Self {
            addr: gateway_addr("addr", &leader.addr)?,
            rpc: rpc_addr(&leader.rpc)?,
            epoch: Epoch::new(leader.epoch),
        })
    }
}
