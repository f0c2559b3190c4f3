use std::fmt::Debug;

use async_trait::async_trait;
use groupkeeper_types::{GatewayAddr, GroupName};

use super::{Found, Ownership, PeerError, RegistryStatus};

/// What any gateway of a fleet answers, leader or not: the questions of people and clients.
///
/// Dropping a call loses its answer; what it asked for may still be done.
#[async_trait]
pub trait Directory: Debug + Send + Sync + 'static {
    /// The coordinator of a group, assigning one if there is none. Known groups are answered from
    /// memory or from the store, unknown ones by the leader, whoever it is by now. It never answers
    /// with itself unless that is the decision.
    ///
    /// # Errors
    /// [`PeerError::NotAvailable`] (Kafka's 15) when it can't be told in bounded time.
    async fn find(&self, group: &GroupName) -> Result<Found, PeerError>;

    /// The coordinator of a group, if it has one.
    ///
    /// # Errors
    /// [`PeerError::NotFound`] when it has none, [`PeerError::NotAvailable`] when that can't be told.
    async fn get(&self, group: &GroupName) -> Result<Found, PeerError>;

    /// Gives a group to another gateway: to this one, or to whichever placement picks.
    ///
    /// # Errors
    /// As [`LeaderService::reassign`](super::LeaderService::reassign).
    async fn reassign(
        &self,
        group: &GroupName,
        to: Option<&GatewayAddr>,
    ) -> Result<Found, PeerError>;

    /// Moves a gateway's groups away while it lives on.
    ///
    /// # Errors
    /// As [`LeaderService::drain`](super::LeaderService::drain).
    async fn drain(&self, gateway: &GatewayAddr) -> Result<(), PeerError>;

    /// Whether this process may act as the group's coordinator at this moment, from memory. Never
    /// waits, and assigns nothing.
    fn ownership(&self, group: &GroupName) -> Ownership;

    /// This gateway's own view of the fleet. Never waits.
    fn status(&self) -> RegistryStatus;
}
