use std::sync::Arc;

use async_trait::async_trait;
use groupkeeper_registry::peer::Directory;
use tonic::{Request, Response, Status};

use crate::proto::registry_server::Registry;
use crate::wire_error::reply;
use crate::{convert, proto};

/// The service `Registry`, answered by a [`Directory`].
#[derive(Debug)]
pub(super) struct RegistryApi(pub(super) Arc<dyn Directory>);

#[async_trait]
impl Registry for RegistryApi {
    async fn find(
        &self,
        request: Request<proto::FindRequest>,
    ) -> Result<Response<proto::Found>, Status> {
        let group = convert::group(&request.into_inner().group)?;
        reply(self.0.find(&group).await)
    }

    async fn get(
        &self,
        request: Request<proto::GetRequest>,
    ) -> Result<Response<proto::Found>, Status> {
        let group = convert::group(&request.into_inner().group)?;
        reply(self.0.get(&group).await)
    }

    async fn reassign(
        &self,
        request: Request<proto::ReassignRequest>,
    ) -> Result<Response<proto::Found>, Status> {
        let (group, to) = request.into_inner().parse()?;
        reply(self.0.reassign(&group, to.as_ref()).await)
    }

    async fn drain(
        &self,
        request: Request<proto::DrainRequest>,
    ) -> Result<Response<proto::DrainResponse>, Status> {
        let gateway = request.into_inner().parse()?;
        reply(self.0.drain(&gateway).await)
    }

    async fn owns(
        &self,
        request: Request<proto::OwnsRequest>,
    ) -> Result<Response<proto::OwnsResponse>, Status> {
        let groups = request.into_inner().parse()?.into_iter();
        let answers = groups.map(|group| {
            let ownership = self.0.ownership(&group);
            proto::Ownership::new(group, ownership)
        });
        Ok(Response::new(proto::OwnsResponse {
            groups: answers.collect(),
            gateway: Some(self.0.status().gateway.into()),
        }))
    }

    async fn list_gateways(
        &self,
        _: Request<proto::ListGatewaysRequest>,
    ) -> Result<Response<proto::ListGatewaysResponse>, Status> {
        Ok(Response::new(self.0.status().into()))
    }

    async fn stats(
        &self,
        _: Request<proto::StatsRequest>,
    ) -> Result<Response<proto::StatsResponse>, Status> {
        Ok(Response::new(self.0.status().into()))
    }
}
