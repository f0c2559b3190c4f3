use groupkeeper_assignment_store::{
    Admission, Assignment, Change, Commit, CommitTooLarge, GatewayRecord, LeaderRecord,
};
use groupkeeper_types::{GatewayAddr, WallTime};

use crate::peer::Decision;

/// A commit as the machine decides it: without the time of day, which only the store's files tell.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Batch {
    /// The record as this leader last wrote it.
    pub expected: LeaderRecord,
    /// The record that is to stand.
    pub next: LeaderRecord,
    /// What changes, in order.
    pub changes: Vec<BatchChange>,
}

/// One change of a [`Batch`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum BatchChange {
    /// A group gets this coordinator.
    Assign(Decision),
    /// What a failover has made of a group's assignment is written into it.
    Rewrite(Decision),
    /// What can't be read is moved out of the way, by the name it is listed under.
    SetAside(String),
    /// A gateway enters the stored set.
    Admit(GatewayRecord),
    /// A gateway leaves the stored set.
    Dismiss(GatewayAddr),
}

impl Batch {
    /// What is stored of a gateway that this commit admits.
    pub fn admission(&self, gateway: &GatewayRecord) -> Admission {
        Admission {
            gateway: gateway.clone(),
            admitted: self.next.stamp(),
        }
    }

    /// The commit for a store, decided at this time of day.
    ///
    /// # Errors
    /// When it has too many changes.
    pub fn to_commit(&self, at: WallTime) -> Result<Commit, CommitTooLarge> {
        let change = |change: &BatchChange| match change {
            BatchChange::Assign(decision) | BatchChange::Rewrite(decision) => {
                Change::Assign(Assignment {
                    group: decision.group.clone(),
                    coordinator: decision.coordinator.clone(),
                    stamp: decision.stamp,
                    assigned_at: at,
                })
            }
            BatchChange::SetAside(name) => Change::SetAside(name.clone()),
            BatchChange::Admit(gateway) => Change::Admit(self.admission(gateway)),
            BatchChange::Dismiss(addr) => Change::Dismiss(addr.clone()),
        };
        Commit::new(
            self.expected.clone(),
            self.next.clone(),
            self.changes.iter().map(change).collect(),
        )
    }
}
