use groupkeeper_registry::peer::Heartbeat;
use groupkeeper_types::Epoch;

use super::ack::{lease, micros};
use super::found::stamp;
use super::revokes::{group_stamps, within};
use crate::invalid_message::required;
use crate::{InvalidMessage, proto};

/// `announce` is not in the message: it is which call carries it. What was given up beyond the
/// bounds is left for later heartbeats.
impl From<Heartbeat> for proto::HeartbeatRequest {
    fn from(heartbeat: Heartbeat) -> Self {
        let (most, bytes) = (Heartbeat::MAX_GIVEN_UP, Heartbeat::MAX_GIVEN_UP_BYTES);
        Self {
            gateway: Some(heartbeat.gateway.into()),
            epoch: heartbeat.epoch.get(),
            stood: heartbeat.stood.get(),
            applied: Some(heartbeat.applied.into()),
            members_version: heartbeat.members_version,
            revokes_heard: heartbeat.revokes_heard,
            given_up: within(heartbeat.given_up, most, bytes),
            draining: heartbeat.draining,
            unanswered_micros: micros(heartbeat.unanswered),
            store_decides: heartbeat.store_decides,
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
        stood: Epoch::new(request.stood),
        applied: stamp(request.applied),
        members_version: request.members_version,
        revokes_heard: request.revokes_heard,
        given_up: group_stamps("given_up", request.given_up, Heartbeat::MAX_GIVEN_UP)?,
        draining: request.draining,
        unanswered: lease("unanswered_micros", request.unanswered_micros)?,
        store_decides: request.store_decides,
    })
}
