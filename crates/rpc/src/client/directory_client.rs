use std::sync::Arc;
use std::time::Duration;

use groupkeeper_registry::peer::{Found, PeerError, RegistryStatus};
use groupkeeper_types::{GatewayAddr, GroupName, RpcAddr};
use tonic::transport::Channel;

use super::connect::{Connect, Connector};
use super::connect_error::ConnectError;
use super::endpoint::{answer, endpoint, request};
use super::gateway_list::GatewayList;
use super::owned_groups::OwnedGroups;
use crate::proto::registry_client::RegistryClient;
use crate::{InvalidMessage, MAX_ANSWER_BYTES, MAX_REQUEST_BYTES, proto};

/// How often an idle connection is tried, and how long that may take: a tool is patient.
const KEEPALIVE: Duration = Duration::from_secs(5);

/// One gateway's directory, as a tool asks it.
///
/// Every call fails as [`Directory`](groupkeeper_registry::peer::Directory) says, and with
/// [`PeerError::Unreachable`] when there is no answer within the deadline. Dropping one loses its
/// answer; what it asked for may still be done.
#[derive(Debug, Clone)]
pub struct DirectoryClient {
    addr: RpcAddr,
    deadline: Duration,
    client: RegistryClient<Channel>,
}

impl DirectoryClient {
    /// Connects to a gateway's RPC address. The deadline is for connecting, and then for each call.
    ///
    /// Dropping it closes what was opened.
    ///
    /// # Errors
    /// When nobody listens there, or not within the deadline. Whether it is a gateway shows with
    /// the first call.
    pub async fn connect(addr: &RpcAddr, deadline: Duration) -> Result<Self, ConnectError> {
        Self::over(&Connector::default(), addr, deadline).await
    }

    /// The same by other means than TCP.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub async fn connect_with(
        connect: Arc<dyn Connect>,
        addr: &RpcAddr,
        deadline: Duration,
    ) -> Result<Self, ConnectError> {
        Self::over(&Connector::new(connect), addr, deadline).await
    }

    async fn over(
        connector: &Connector,
        addr: &RpcAddr,
        deadline: Duration,
    ) -> Result<Self, ConnectError> {
        let endpoint = endpoint(addr, deadline, KEEPALIVE, KEEPALIVE)
            .map_err(|error| ConnectError::failed(addr, &error))?;
        let channel = tokio::time::timeout(deadline, connector.now(&endpoint, addr))
            .await
            .map_err(|_| ConnectError::too_slow(addr, deadline))?
            .map_err(|error| ConnectError::failed(addr, &error))?;
        let client = RegistryClient::new(channel)
            .max_decoding_message_size(MAX_ANSWER_BYTES)
            .max_encoding_message_size(MAX_REQUEST_BYTES);
        Ok(Self {
            addr: addr.clone(),
            deadline,
            client,
        })
    }

    /// The same gateway over the same connection, and each call may take so long.
    #[must_use]
    pub fn with_deadline(self, deadline: Duration) -> Self {
        Self { deadline, ..self }
    }

    /// Who is asked.
    pub const fn addr(&self) -> &RpcAddr {
        &self.addr
    }

    /// The coordinator of a group, assigning one if there is none.
    ///
    /// # Errors
    /// See the type.
    pub async fn find(&self, group: &GroupName) -> Result<Found, PeerError> {
        let message = proto::FindRequest {
            group: group.as_str().to_owned(),
        };
        let mut client = self.client.clone();
        self.answer(client.find(request(message, self.deadline)))
            .await
    }

    /// The coordinator of a group, if it has one.
    ///
    /// # Errors
    /// See the type.
    pub async fn get(&self, group: &GroupName) -> Result<Found, PeerError> {
        let message = proto::GetRequest {
            group: group.as_str().to_owned(),
        };
        let mut client = self.client.clone();
        self.answer(client.get(request(message, self.deadline)))
            .await
    }

    /// Gives a group to another gateway: to this one, or to whichever placement picks.
    ///
    /// # Errors
    /// See the type.
    pub async fn reassign(
        &self,
        group: &GroupName,
        to: Option<&GatewayAddr>,
    ) -> Result<Found, PeerError> {
        let message = proto::ReassignRequest::new(group, to);
        let mut client = self.client.clone();
        self.answer(client.reassign(request(message, self.deadline)))
            .await
    }

    /// Moves a gateway's groups away while it lives on; answered when it has none, which can take a
    /// lease: see [`with_deadline`](Self::with_deadline).
    ///
    /// # Errors
    /// See the type.
    pub async fn drain(&self, gateway: &GatewayAddr) -> Result<(), PeerError> {
        let message = proto::DrainRequest::from(gateway.clone());
        let mut client = self.client.clone();
        let proto::DrainResponse {} = self
            .answer(client.drain(request(message, self.deadline)))
            .await?;
        Ok(())
    }

    /// Whether the process there may act as these groups' coordinator at the moment it answers; at
    /// most 16,384 groups.
    ///
    /// # Errors
    /// See the type.
    pub async fn owns(&self, groups: &[GroupName]) -> Result<OwnedGroups, PeerError> {
        let message = proto::OwnsRequest {
            groups: groups.iter().map(|g| g.as_str().to_owned()).collect(),
        };
        let mut client = self.client.clone();
        self.answer(client.owns(request(message, self.deadline)))
            .await
    }

    /// The healthy gateways.
    ///
    /// # Errors
    /// See the type.
    pub async fn list_gateways(&self) -> Result<GatewayList, PeerError> {
        let mut client = self.client.clone();
        let message = proto::ListGatewaysRequest {};
        self.answer(client.list_gateways(request(message, self.deadline)))
            .await
    }

    /// The gateway's whole view of the fleet.
    ///
    /// # Errors
    /// See the type.
    pub async fn stats(&self) -> Result<RegistryStatus, PeerError> {
        let mut client = self.client.clone();
        self.answer(client.stats(request(proto::StatsRequest {}, self.deadline)))
            .await
    }

    async fn answer<W, T>(
        &self,
        call: impl Future<Output = Result<tonic::Response<W>, tonic::Status>> + Send,
    ) -> Result<T, PeerError>
    where
        T: TryFrom<W>,
        T::Error: Into<InvalidMessage>,
    {
        answer(&self.addr, self.deadline, call).await
    }
}
