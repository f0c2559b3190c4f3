use super::Machine;
use super::core::Phase;
use crate::calls::{Described, GroupState};

impl Machine {
    /// Whether there is no such group: nobody was ever in it, and nothing was committed.
    pub(super) fn is_dead(&self) -> bool {
        self.phase == Phase::Empty && self.generation == 0 && self.offsets.is_empty()
    }

    /// As tools are shown it. Before a generation is settled nobody's part is.
    pub fn describe(&self) -> Described {
        let state = match self.phase {
            Phase::Empty if self.is_dead() => return Described::dead(),
            Phase::Empty => GroupState::Empty,
            Phase::Preparing { .. } => GroupState::PreparingRebalance,
            Phase::Completing { .. } => GroupState::CompletingRebalance,
            Phase::Stable { .. } => GroupState::Stable,
        };
        let protocol = matches!(self.phase, Phase::Stable { .. }).then_some(&*self.chosen.protocol);
        let members = self.members.iter();
        Described {
            state,
            protocol_type: self.chosen.protocol_type.clone(),
            protocol: protocol.unwrap_or_default().to_owned(),
            members: members.map(|(id, it)| it.described(id, protocol)).collect(),
        }
    }
}
