//! SyncGroup: from the leader's assignments to the members'.

use bytes::Bytes;

use super::core::Phase;
use super::{Answer, CallId, Machine, Now};
use crate::calls::{GroupError, SyncGroup, Synced};

impl Machine {
    pub(super) fn sync(&mut self, now: Now, call: CallId, it: &SyncGroup<'_>) {
        if let Err(error) = self.try_sync(now, call, it) {
            self.answer(call, Answer::Sync(Err(error)));
        }
    }

    fn try_sync(&mut self, now: Now, call: CallId, it: &SyncGroup<'_>) -> Result<(), GroupError> {
        self.check_sync(it)?;
        match self.phase {
            Phase::Empty => return Err(GroupError::UnknownMemberId),
            Phase::Preparing { .. } => return Err(GroupError::RebalanceInProgress),
            Phase::Completing { until } => {
                let leads = self.chosen.leader == it.member_id;
                if leads {
                    self.check_size(it)?;
                }
                self.wait_for_leader(now, call, it.member_id);
                if leads {
                    self.assign(now, it);
                    self.phase = Phase::Stable { until };
                    self.answer_syncs();
                }
            }
            Phase::Stable { .. } => {
                self.wait_for_leader(now, call, it.member_id);
                self.answer_syncs();
            }
        }
        Ok(())
    }

    fn check_sync(&self, it: &SyncGroup<'_>) -> Result<(), GroupError> {
        self.members.check(it.member_id, it.group_instance_id)?;
        if it.generation != self.generation {
            return Err(GroupError::IllegalGeneration);
        }
        let differs = |said: Option<&str>, is: &str| said.is_some_and(|said| said != is);
        if differs(it.protocol_type, &self.chosen.protocol_type)
            || differs(it.protocol, &self.chosen.protocol)
        {
            return Err(GroupError::InconsistentGroupProtocol);
        }
        Ok(())
    }

    fn check_size(&self, it: &SyncGroup<'_>) -> Result<(), GroupError> {
        let sizes = it.assignments.iter().map(|it| it.assignment.len());
        if sizes.sum::<usize>() > self.config.bounds.assignment_bytes {
            return Err(GroupError::InvalidRequest);
        }
        Ok(())
    }

    fn wait_for_leader(&mut self, now: Now, call: CallId, member_id: &str) {
        let Some(member) = self.members.get_mut(member_id) else {
            return;
        };
        member.heard(now.moment);
        member.synced = true;
        if let Some(before) = member.syncing.replace(call) {
            // The client gave that one up, or it would not ask again.
            self.answer(before, Answer::Sync(Err(GroupError::RebalanceInProgress)));
        }
    }

    /// What the leader brought; a member that it did not name has nothing to do.
    fn assign(&mut self, now: Now, it: &SyncGroup<'_>) {
        for (_, member) in self.members.iter_mut() {
            member.assignment.clear();
        }
        for given in &it.assignments {
            if let Some(member) = self.members.get_mut(given.member_id) {
                member.assignment = Bytes::copy_from_slice(given.assignment);
            }
        }
        self.touch(now);
    }

    fn answer_syncs(&mut self) {
        let members = self.members.iter_mut();
        let waiting = members.filter_map(|(id, member)| {
            let call = member.syncing.take()?;
            Some((id.clone(), call, member.assignment.clone()))
        });
        let waiting: Vec<_> = waiting.collect();
        for (member_id, call, assignment) in waiting {
            let synced = Synced {
                protocol_type: self.chosen.protocol_type.clone(),
                protocol: self.chosen.protocol.clone(),
                assignment,
            };
            self.answer_when_durable(call, Answer::Sync(Ok(synced)), Some(&member_id));
        }
    }

    pub(super) fn refuse_syncs(&mut self, now: Now, error: GroupError) {
        let members = self.members.iter_mut();
        let waiting = members.filter_map(|(_, member)| {
            let call = member.syncing.take()?;
            // It could not say earlier that it is alive.
            member.heard(now.moment);
            Some(call)
        });
        let waiting: Vec<_> = waiting.collect();
        for call in waiting {
            self.answer(call, Answer::Sync(Err(error)));
        }
    }
}
