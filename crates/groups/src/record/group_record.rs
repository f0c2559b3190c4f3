use groupkeeper_types::GroupName;
use serde::{Deserialize, Serialize};

use super::{GroupBody, Head};
use crate::calls::GroupState;
use crate::record::Phase;

/// A group as it is stored: one value, so that members and offsets are of one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRecord {
    /// The group, since a store's name for it may be a digest.
    pub group: GroupName,
    /// Which writing it is.
    pub head: Head,
    /// What is kept.
    pub body: GroupBody,
}

impl GroupBody {
    /// Where the group stands, as tools are told. One that nobody has used is not there: an owner
    /// writes an empty record before it says that there are no offsets.
    pub fn state(&self) -> GroupState {
        match self.phase {
            Phase::Empty if self.generation == 0 && self.offsets.is_empty() => GroupState::Dead,
            Phase::Empty => GroupState::Empty,
            Phase::Preparing => GroupState::PreparingRebalance,
            Phase::Completing => GroupState::CompletingRebalance,
            Phase::Stable => GroupState::Stable,
        }
    }
}
