use std::sync::Arc;
use std::time::Duration;

use groupkeeper_types::{Clock, GatewayAddr, GroupName, Moment, Stamp};
use thiserror::Error;

use super::registry::Registry;
use crate::peer::Directory;
use crate::view::View;

/// Leave to act as a group's coordinator (G2).
///
/// It allows to *start* an action while [`is_valid`](Self::is_valid) says so. An action that may
/// outlast the guard, a write that is on its way say, carries the [`token`](Self::token), and
/// whatever takes the write refuses one that is older than the newest it has seen.
#[derive(Debug, Clone)]
pub struct Guard {
    group: GroupName,
    token: Stamp,
    deadline: Moment,
    view: Arc<View>,
    clock: Arc<dyn Clock>,
}

/// Why this gateway may not act for a group.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotOwner {
    /// Another gateway coordinates the group, or this one's lease is over: Kafka's NOT_COORDINATOR
    /// (16).
    #[error("this gateway does not coordinate the group{}", .coordinator.as_ref().map(|at| format!(": {at} does")).unwrap_or_default())]
    NotCoordinator {
        /// Who does, where that is known.
        coordinator: Option<GatewayAddr>,
    },
    /// It can't be told now who does: Kafka's COORDINATOR_NOT_AVAILABLE (15).
    #[error("who coordinates the group is not known now: {why}")]
    NotAvailable {
        /// What it is waiting for.
        why: String,
    },
}

impl Guard {
    /// The group.
    pub fn group(&self) -> &GroupName {
        &self.group
    }

    /// The fencing token: of two for one group the greater is the newer, also where they are of two
    /// processes at one address, or of two sides of a store that was parted. It is the decision that made
    /// this gateway the coordinator, or the later commit below which none of its tokens may be.
    pub const fn token(&self) -> Stamp {
        self.token
    }

    /// Until when the lease lasted when the guard was given, by the registry's clock. Renewals move
    /// the end of the lease, and not this.
    pub const fn deadline(&self) -> Moment {
        self.deadline
    }

    /// Whether an action may be started at this moment: compared with the clock now, and false as
    /// soon as the group is revoked.
    pub fn is_valid(&self) -> bool {
        let owned = self.view.owns(self.group.as_str(), self.clock.now());
        owned.is_some_and(|(token, _)| token == self.token)
    }
}

impl Registry {
    /// Leave to act as a group's coordinator, from memory: no lock is held and nothing waits. What
    /// gateways call before each action.
    ///
    /// # Errors
    /// [`NotOwner::NotCoordinator`] when this gateway holds no lease on the group. A group that it
    /// has never heard of may yet be its own: [`claim`](Self::claim) finds out.
    pub fn owns(&self, group: &GroupName) -> Result<Guard, NotOwner> {
        let now = self.0.clock.now();
        match self.0.view.owns(group.as_str(), now) {
            Some((token, deadline)) => Ok(Guard {
                group: group.clone(),
                token,
                deadline,
                view: Arc::clone(&self.0.view),
                clock: Arc::clone(&self.0.clock),
            }),
            None => Err(NotOwner::NotCoordinator { coordinator: None }),
        }
    }

    /// The same, after finding out who coordinates the group where that is not known, and assigning
    /// it if it has no coordinator. Ends within the time of a look-up. Cancel safe.
    ///
    /// # Errors
    /// [`NotOwner::NotCoordinator`] when another gateway coordinates the group,
    /// [`NotOwner::NotAvailable`] when that can't be told, or this gateway is named and may not act
    /// yet.
    pub async fn claim(&self, group: &GroupName) -> Result<Guard, NotOwner> {
        if let Ok(guard) = self.owns(group) {
            return Ok(guard);
        }
        let not_available = |why: String| NotOwner::NotAvailable { why };
        let claimed = async {
            loop {
                let found = self
                    .find(group)
                    .await
                    .map_err(|e| not_available(e.to_string()))?;
                let coordinator = found.decision.coordinator;
                if coordinator != self.0.me.addr {
                    return Err(NotOwner::NotCoordinator {
                        coordinator: Some(coordinator),
                    });
                }
                if let Ok(guard) = self.owns(group) {
                    return Ok(guard);
                }
                // Named, and not leased yet: what was learned is on its way, or the lease is.
                tokio::time::sleep(Self::CLAIM_AGAIN).await;
            }
        };
        let late = || not_available("this gateway is named, and may not act yet".to_owned());
        tokio::time::timeout(self.0.timing.find, claimed)
            .await
            .map_err(|_| late())?
    }

    /// How soon a claim looks again.
    const CLAIM_AGAIN: Duration = Duration::from_millis(20);
}
