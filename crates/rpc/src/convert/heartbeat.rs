use groupkeeper_registry::peer::Heartbeat;
use groupkeeper_types::Epoch;

use super::found::stamp;
use crate::invalid_message::required;
use crate::{InvalidMessage, proto};

/// `announce` is not in the message: it is which call carries it.
impl From<Heartbeat> for proto::HeartbeatRequest {
    fn from(heartbeat: Heartbeat) -> Self {
        Self {
            gateway: Some(heartbeat.gateway.into()),
            epoch: heartbeat.epoch.get(),
            applied: Some(heartbeat.applied.into()),
            members_version: heartbeat.members_version,
        }
    }
}

/// A heartbeat from the call `Register` (`announce`) or `Heartbeat`.
pub(crate) fn heartbeat(
    announce: bool,
    request: proto::HeartbeatRequest,
) -> Result<Heartbeat, InvalidMessage> {
    Ok(Heartbeat {
        gateway: required("gateway", request.gateway)?.try_into()?,
        announce,
        epoch: Epoch::new(request.epoch),
        applied: stamp(request.applied),
        members_version: request.members_version,
    })
}
