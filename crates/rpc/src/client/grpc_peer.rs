use std::sync::OnceLock;
use std::time::Duration;

use async_trait::async_trait;
use groupkeeper_registry::peer::{
    Ack, Found, Heartbeat, LeaderService, Leave, PeerError, Resigned,
};
use groupkeeper_types::{GatewayAddr, GroupName, RpcAddr};
use tonic::transport::Channel;

use super::connect::Connector;
use super::endpoint::{answer, endpoint, nonsense, request};
use super::timeouts::RpcTimeouts;
use crate::proto::leader_client::LeaderClient;
use crate::text::with_causes;
use crate::{InvalidMessage, MAX_ANSWER_BYTES, MAX_REQUEST_BYTES, proto};

/// One other gateway. Its connection is made by the first call, and made anew by a call that finds
/// it broken.
#[derive(Debug)]
pub(super) struct GrpcPeer {
    addr: RpcAddr,
    timeouts: RpcTimeouts,
    connector: Connector,
    client: OnceLock<Result<LeaderClient<Channel>, String>>,
}

impl GrpcPeer {
    pub(super) const fn new(addr: RpcAddr, timeouts: RpcTimeouts, connector: Connector) -> Self {
        Self {
            addr,
            timeouts,
            connector,
            client: OnceLock::new(),
        }
    }

    /// Must run inside a runtime: the connection's task is started on it.
    fn client(&self) -> Result<LeaderClient<Channel>, PeerError> {
        let client = self.client.get_or_init(|| {
            let limits = &self.timeouts;
            endpoint(
                &self.addr,
                limits.connect,
                limits.keepalive,
                limits.keepalive_answer,
            )
            .map(|endpoint| {
                LeaderClient::new(self.connector.lazily(&endpoint, &self.addr))
                    .max_decoding_message_size(MAX_ANSWER_BYTES)
                    .max_encoding_message_size(MAX_REQUEST_BYTES)
            })
            .map_err(|error| with_causes(error.to_string(), &error))
        });
        client
            .clone()
            .map_err(|why| PeerError::unreachable(format!("{}: {why}", self.addr)))
    }

    async fn found(
        &self,
        group: &GroupName,
        limit: Duration,
        call: impl Future<Output = Result<tonic::Response<proto::Found>, tonic::Status>> + Send,
    ) -> Result<Found, PeerError> {
        let found: Found = answer(&self.addr, limit, call).await?;
        if found.decision.group == *group {
            Ok(found)
        } else {
            let error = InvalidMessage::new("group", &"it is not the one that was asked for");
            Err(nonsense(&self.addr, &error))
        }
    }
}

#[async_trait]
impl LeaderService for GrpcPeer {
    async fn heartbeat(&self, heartbeat: Heartbeat) -> Result<Ack, PeerError> {
        let mut client = self.client()?;
        let limit = self.timeouts.heartbeat;
        let announce = heartbeat.announce;
        let request = request(proto::HeartbeatRequest::from(heartbeat), limit);
        if announce {
            answer(&self.addr, limit, client.register(request)).await
        } else {
            answer(&self.addr, limit, client.heartbeat(request)).await
        }
    }

    async fn leave(&self, leave: Leave) -> Result<(), PeerError> {
        let limit = self.timeouts.leave;
        let request = request(proto::DeregisterRequest::from(leave), limit);
        let mut client = self.client()?;
        let proto::DeregisterResponse {} =
            answer(&self.addr, limit, client.deregister(request)).await?;
        Ok(())
    }

    async fn assign(&self, group: GroupName) -> Result<Found, PeerError> {
        let limit = self.timeouts.assign;
        let request = request(
            proto::AssignRequest {
                group: group.as_str().to_owned(),
            },
            limit,
        );
        let mut client = self.client()?;
        self.found(&group, limit, client.assign(request)).await
    }

    async fn reassign(
        &self,
        group: GroupName,
        to: Option<GatewayAddr>,
    ) -> Result<Found, PeerError> {
        let limit = self.timeouts.reassign;
        let request = request(proto::ReassignRequest::new(&group, to.as_ref()), limit);
        let mut client = self.client()?;
        self.found(&group, limit, client.reassign(request)).await
    }

    async fn drain(&self, gateway: GatewayAddr) -> Result<(), PeerError> {
        let limit = self.timeouts.drain;
        let request = request(proto::DrainRequest::from(gateway), limit);
        let mut client = self.client()?;
        let proto::DrainResponse {} = answer(&self.addr, limit, client.drain(request)).await?;
        Ok(())
    }

    async fn resigned(&self, resigned: Resigned) -> Result<(), PeerError> {
        let limit = self.timeouts.resigned;
        let request = request(proto::ResignedRequest::from(resigned), limit);
        let mut client = self.client()?;
        let proto::ResignedResponse {} =
            answer(&self.addr, limit, client.resigned(request)).await?;
        Ok(())
    }
}
