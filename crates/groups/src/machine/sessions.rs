//! Heartbeats, and what happens when nothing comes.

use groupkeeper_types::Moment;

use super::core::Phase;
use super::{Machine, Now};
use crate::calls::{GroupError, Heartbeat};

impl Machine {
    pub(super) fn heartbeat(&mut self, now: Moment, it: &Heartbeat<'_>) -> Result<(), GroupError> {
        self.check_member(it.member_id, it.group_instance_id, it.generation)?;
        if self.phase == Phase::Empty {
            return Err(GroupError::UnknownMemberId);
        }
        self.heard(it.member_id, now);
        match self.phase {
            Phase::Preparing { .. } => Err(GroupError::RebalanceInProgress),
            _ => Ok(()),
        }
    }

    pub(super) fn check_member(
        &self,
        member_id: &str,
        instance: Option<&str>,
        generation: i32,
    ) -> Result<(), GroupError> {
        self.members.check(member_id, instance)?;
        if generation != self.generation {
            return Err(GroupError::IllegalGeneration);
        }
        Ok(())
    }

    pub(super) fn heard(&mut self, member_id: &str, now: Moment) {
        if let Some(member) = self.members.get_mut(member_id)
            && !member.is_new
        {
            member.heard(now);
        }
    }

    /// Time has passed: whoever was silent for too long is gone, and what is over is over.
    pub(super) fn pass(&mut self, now: Now) {
        let promised = self.members.promised();
        self.members.pass(now.moment);
        if self.members.promised() < promised {
            self.complete_if_all_joined(now);
        }
        let silent = self.members.iter().filter(|(id, member)| {
            // One whose answer is held back by the store can't say that it is alive.
            now.moment >= member.expires && !member.waits() && !self.durability.holds_for(id)
        });
        let silent: Vec<String> = silent.map(|(id, _)| id.clone()).collect();
        self.remove_all(now, silent);
        match self.phase {
            Phase::Preparing { until, wait } if now.moment >= until => {
                self.end_waiting(now, wait);
            }
            Phase::Completing { until } | Phase::Stable { until }
                if now.moment >= until && !self.members.all_synced() =>
            {
                // They joined, and never asked what they are to do: their part would stay undone.
                let members = self.members.iter();
                let late = members.filter(|(id, it)| !it.synced && !self.durability.holds_for(id));
                let late: Vec<String> = late.map(|(id, _)| id.clone()).collect();
                self.remove_all(now, late);
            }
            _ => {}
        }
    }

    fn remove_all(&mut self, now: Now, members: Vec<String>) {
        if members.is_empty() {
            return;
        }
        for member_id in members {
            self.remove(&member_id);
        }
        self.after_removal(now);
    }
}
