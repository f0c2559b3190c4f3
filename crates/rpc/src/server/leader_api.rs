use std::sync::Arc;

use async_trait::async_trait;
use groupkeeper_registry::peer::{LeaderService, Leave};
use tonic::{Request, Response, Status};

use crate::proto::leader_server::Leader;
use crate::wire_error::reply;
use crate::{convert, proto};

/// The service `Leader`, answered by a [`LeaderService`].
#[derive(Debug)]
pub(super) struct LeaderApi(pub(super) Arc<dyn LeaderService>);

#[async_trait]
impl Leader for LeaderApi {
    async fn register(
        &self,
        request: Request<proto::HeartbeatRequest>,
    ) -> Result<Response<proto::Ack>, Status> {
        let heartbeat = convert::heartbeat(true, request.into_inner())?;
        reply(self.0.heartbeat(heartbeat).await)
    }

    async fn heartbeat(
        &self,
        request: Request<proto::HeartbeatRequest>,
    ) -> Result<Response<proto::Ack>, Status> {
        let heartbeat = convert::heartbeat(false, request.into_inner())?;
        reply(self.0.heartbeat(heartbeat).await)
    }

    async fn deregister(
        &self,
        request: Request<proto::DeregisterRequest>,
    ) -> Result<Response<proto::DeregisterResponse>, Status> {
        let leave = Leave::try_from(request.into_inner())?;
        reply(self.0.leave(leave).await)
    }

    async fn assign(
        &self,
        request: Request<proto::AssignRequest>,
    ) -> Result<Response<proto::Found>, Status> {
        let group = convert::group(&request.into_inner().group)?;
        reply(self.0.assign(group).await)
    }

    async fn reassign(
        &self,
        request: Request<proto::ReassignRequest>,
    ) -> Result<Response<proto::Found>, Status> {
        let (group, to) = request.into_inner().parse()?;
        reply(self.0.reassign(group, to).await)
    }

    async fn drain(
        &self,
        request: Request<proto::DrainRequest>,
    ) -> Result<Response<proto::DrainResponse>, Status> {
        let gateway = request.into_inner().parse()?;
        reply(self.0.drain(gateway).await)
    }

    async fn resigned(
        &self,
        request: Request<proto::ResignedRequest>,
    ) -> Result<Response<proto::ResignedResponse>, Status> {
        reply(self.0.resigned(request.into_inner().try_into()?).await)
    }
}
