use std::fmt::Debug;

use async_trait::async_trait;
use groupkeeper_types::{GatewayAddr, GroupName};

use super::{Ack, Found, Heartbeat, Leave, PeerError, Resigned};

/// What gateways ask of the one that leads. One that does not lead says
/// [`PeerError::NotLeader`] and nothing else; it never forwards, so no question runs in circles.
///
/// Dropping a call loses its answer; what it asked for may still be done.
///
/// # To ensure correctness
/// - Every call ends in bounded time.
/// - An answer is given only by a leader whose term has not ended by its own clock.
#[async_trait]
pub trait LeaderService: Debug + Send + Sync + 'static {
    /// Renews a gateway's session; an unknown gateway joins.
    ///
    /// # Errors
    /// [`PeerError::Refused`] when another gateway has its node ID, or a process that started later
    /// has its address.
    async fn heartbeat(&self, heartbeat: Heartbeat) -> Result<Ack, PeerError>;

    /// Moves a gateway's groups away, then forgets it; answered when both are done.
    ///
    /// # Errors
    /// [`PeerError::NotAvailable`] when it takes too long: the move goes on.
    async fn leave(&self, leave: Leave) -> Result<(), PeerError>;

    /// The coordinator of a group, assigning one if there is none.
    ///
    /// # Errors
    /// [`PeerError::NotAvailable`] when it can't be told or decided now.
    async fn assign(&self, group: GroupName) -> Result<Found, PeerError>;

    /// Gives a group to another gateway: to this one, or to whichever placement picks.
    ///
    /// # Errors
    /// [`PeerError::NotFound`] when the group has no coordinator, [`PeerError::Refused`] when the
    /// wanted gateway is not a healthy member.
    async fn reassign(&self, group: GroupName, to: Option<GatewayAddr>)
    -> Result<Found, PeerError>;

    /// Moves a gateway's groups away while it lives on; answered when it has none. It is given no
    /// groups until it is started again.
    ///
    /// # Errors
    /// [`PeerError::NotFound`] when there is no such gateway, [`PeerError::Refused`] when there is no
    /// other to take the groups, [`PeerError::NotAvailable`] when it takes too long: it goes on.
    async fn drain(&self, gateway: GatewayAddr) -> Result<(), PeerError>;

    /// Told by a leader that has resigned. Answered by every gateway, leader or not.
    ///
    /// # Errors
    /// Only when it can't be delivered.
    async fn resigned(&self, resigned: Resigned) -> Result<(), PeerError>;
}
