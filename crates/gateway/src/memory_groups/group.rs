use std::collections::BTreeMap;
use std::time::Duration;

use groupkeeper_types::Stamp;
use tokio::time::Instant;

use super::member::Member;
use crate::{
    Call, Described, GroupError, GroupState, Heartbeat, JoinAnswer, JoinGroup, LeavingMember,
    SyncGroup,
};

/// One group's members, as of one decision. It is told the time, and never waits.
#[derive(Debug)]
pub(super) struct Group {
    /// The decision under which this gateway learned all this.
    pub(super) token: Stamp,
    pub(super) phase: Phase,
    pub(super) generation: i32,
    pub(super) protocol_type: String,
    pub(super) protocol: String,
    pub(super) leader: String,
    pub(super) members: BTreeMap<String, Member>,
    /// Names given out whose bearers have not joined yet, until when.
    promised: BTreeMap<String, Instant>,
    names: u64,
}

/// Where a group stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Empty,
    /// Members join, until all have or the time is over.
    Joining {
        until: Instant,
    },
    /// The leader assigns.
    Syncing,
    Stable,
}

impl Group {
    const MAX_MEMBERS: usize = 1_000;
    const MAX_METADATA: usize = 64 << 10;
    /// As Kafka has it, but for the lower end, so that a test need not wait for long.
    const SESSION: std::ops::RangeInclusive<Duration> =
        Duration::from_millis(500)..=Duration::from_secs(1800);

    pub(super) const fn new(token: Stamp) -> Self {
        Self {
            token,
            phase: Phase::Empty,
            generation: 0,
            protocol_type: String::new(),
            protocol: String::new(),
            leader: String::new(),
            members: BTreeMap::new(),
            promised: BTreeMap::new(),
            names: 0,
        }
    }

    /// A member wants to join. `Ok(None)` with its name when it has, and is to wait for the rest.
    pub(super) fn join(
        &mut self,
        call: &Call<'_>,
        it: &JoinGroup<'_>,
        now: Instant,
    ) -> Result<(String, Option<JoinAnswer>), GroupError> {
        self.expire(now);
        self.check_join(it)?;
        let member_id = match self.name_of(call, it, now)? {
            Ok(member_id) => member_id,
            Err(promised) => {
                let answer = JoinAnswer::MemberIdRequired(promised.clone());
                return Ok((promised, Some(answer)));
            }
        };
        let member = Member::new(call, it, now);
        let before = self.members.get(&member_id);
        let same = before.is_some_and(|before| before.protocols == member.protocols);
        // It may have missed the answer; the leader joins again when it wants new assignments.
        let as_before = match self.phase {
            Phase::Syncing => same,
            Phase::Stable => same && self.leader != member_id,
            Phase::Empty | Phase::Joining { .. } => false,
        };
        if as_before {
            let joined = self.joined(&member_id);
            return Ok((member_id, joined.map(JoinAnswer::Joined)));
        }
        self.protocol_type = it.protocol_type.to_owned();
        self.members.insert(member_id.clone(), member);
        self.rebalance(now);
        if let Some(member) = self.members.get_mut(&member_id) {
            member.joined = true;
        }
        self.complete_if_ready(now);
        Ok((member_id, None))
    }

    fn check_join(&self, it: &JoinGroup<'_>) -> Result<(), GroupError> {
        if !Self::SESSION.contains(&it.session_timeout) {
            return Err(GroupError::InvalidSessionTimeout);
        }
        let metadata: usize = it.protocols.iter().map(|p| p.metadata.len()).sum();
        if metadata > Self::MAX_METADATA {
            return Err(GroupError::InvalidRequest);
        }
        let mut others = self.members.iter().filter(|(id, _)| *id != it.member_id);
        let mut shared = it.protocols.iter();
        let follows_all = |name: &str| others.clone().all(|(_, member)| member.follows(name));
        if it.protocol_type.is_empty() || !shared.any(|protocol| follows_all(protocol.name)) {
            return Err(GroupError::InconsistentGroupProtocol);
        }
        if others.next().is_some() && it.protocol_type != self.protocol_type {
            return Err(GroupError::InconsistentGroupProtocol);
        }
        let newcomer = !self.members.contains_key(it.member_id);
        if newcomer && self.members.len() + self.promised.len() >= Self::MAX_MEMBERS {
            let was_promised = self.promised.contains_key(it.member_id);
            return if was_promised {
                Ok(())
            } else {
                Err(GroupError::GroupMaxSizeReached)
            };
        }
        Ok(())
    }

    /// What a member that joins is called; `Err` with a name that it is to come back with.
    fn name_of(
        &mut self,
        call: &Call<'_>,
        it: &JoinGroup<'_>,
        now: Instant,
    ) -> Result<Result<String, String>, GroupError> {
        let known = self.of_instance(it.group_instance_id);
        if !it.member_id.is_empty() {
            let promised = self.promised.remove(it.member_id).is_some();
            return match known {
                Some(other) if other != it.member_id => Err(GroupError::FencedInstanceId),
                _ if promised || self.members.contains_key(it.member_id) => {
                    Ok(Ok(it.member_id.to_owned()))
                }
                _ => Err(GroupError::UnknownMemberId),
            };
        }
        // A static member that comes back takes the place of the process before.
        if let Some(before) = known {
            self.members.remove(&before);
        }
        // The token keeps names apart that two gateways give out.
        self.names += 1;
        let base = it.group_instance_id.or(call.client_id).unwrap_or("member");
        let base: String = base.chars().take(100).collect();
        let name = format!("{base}-{}-{}", self.token, self.names);
        if it.takes_member_id && it.group_instance_id.is_none() {
            self.promised.insert(name.clone(), now + it.session_timeout);
            return Ok(Err(name));
        }
        Ok(Ok(name))
    }

    fn of_instance(&self, instance: Option<&str>) -> Option<String> {
        let instance = instance?;
        let mut members = self.members.iter();
        let found = members.find(|(_, m)| m.group_instance_id.as_deref() == Some(instance));
        found.map(|(id, _)| id.clone())
    }

    /// A member brings, or waits for, its assignment: `None` while the leader has not brought it.
    pub(super) fn sync(
        &mut self,
        it: &SyncGroup<'_>,
        now: Instant,
    ) -> Result<Option<bytes::Bytes>, GroupError> {
        // First, since one that waits here can't say otherwise that it is alive.
        self.check_member(it.member_id, it.group_instance_id, it.generation, now)?;
        self.expire(now);
        let differs = |said: Option<&str>, is: &str| said.is_some_and(|said| said != is);
        if differs(it.protocol_type, &self.protocol_type) || differs(it.protocol, &self.protocol) {
            return Err(GroupError::InconsistentGroupProtocol);
        }
        match self.phase {
            Phase::Empty => return Err(GroupError::UnknownMemberId),
            Phase::Joining { .. } => return Err(GroupError::RebalanceInProgress),
            Phase::Syncing if self.leader == it.member_id => {
                for given in &it.assignments {
                    if let Some(member) = self.members.get_mut(given.member_id) {
                        member.assignment = bytes::Bytes::copy_from_slice(given.assignment);
                    }
                }
                self.phase = Phase::Stable;
            }
            Phase::Syncing => return Ok(None),
            Phase::Stable => {}
        }
        let member = self.members.get(it.member_id);
        Ok(member.map(|member| member.assignment.clone()))
    }

    pub(super) fn heartbeat(&mut self, it: &Heartbeat<'_>, now: Instant) -> Result<(), GroupError> {
        self.expire(now);
        self.check_member(it.member_id, it.group_instance_id, it.generation, now)?;
        match self.phase {
            Phase::Joining { .. } => Err(GroupError::RebalanceInProgress),
            _ => Ok(()),
        }
    }

    pub(super) fn leave(&mut self, it: &LeavingMember<'_>, now: Instant) -> Result<(), GroupError> {
        self.promised.remove(it.member_id);
        let known = self.of_instance(it.group_instance_id);
        let member_id = match known {
            Some(id) if it.member_id.is_empty() || id == it.member_id => id,
            Some(_) => return Err(GroupError::FencedInstanceId),
            None => it.member_id.to_owned(),
        };
        self.members
            .remove(&member_id)
            .ok_or(GroupError::UnknownMemberId)?;
        self.rebalance(now);
        self.complete_if_ready(now);
        Ok(())
    }

    /// Whether a member may commit: one of this generation, or anybody while there is no member.
    pub(super) fn check_commit(
        &mut self,
        member_id: &str,
        instance: Option<&str>,
        generation: i32,
        now: Instant,
    ) -> Result<(), GroupError> {
        self.expire(now);
        if generation < 0 && self.members.is_empty() {
            return Ok(());
        }
        self.check_member(member_id, instance, generation, now)?;
        match self.phase {
            Phase::Syncing => Err(GroupError::RebalanceInProgress),
            _ => Ok(()),
        }
    }

    fn check_member(
        &mut self,
        member_id: &str,
        instance: Option<&str>,
        generation: i32,
        now: Instant,
    ) -> Result<(), GroupError> {
        if self
            .of_instance(instance)
            .is_some_and(|known| known != member_id)
        {
            return Err(GroupError::FencedInstanceId);
        }
        let member = self.members.get_mut(member_id);
        let member = member.ok_or(GroupError::UnknownMemberId)?;
        if generation != self.generation {
            return Err(GroupError::IllegalGeneration);
        }
        member.heard(now);
        Ok(())
    }

    /// Whoever was silent for too long is gone.
    pub(super) fn expire(&mut self, now: Instant) {
        self.promised.retain(|_, until| now < *until);
        let joining = matches!(self.phase, Phase::Joining { .. });
        let before = self.members.len();
        // Who has joined waits for the others, and can't say that it is alive.
        self.members
            .retain(|_, member| (joining && member.joined) || now < member.expires);
        if self.members.len() < before {
            self.rebalance(now);
        }
        self.complete_if_ready(now);
    }

    pub(super) fn described(&self) -> Described {
        let state = match self.phase {
            Phase::Empty => GroupState::Empty,
            Phase::Joining { .. } => GroupState::PreparingRebalance,
            Phase::Syncing => GroupState::CompletingRebalance,
            Phase::Stable => GroupState::Stable,
        };
        let members = self.members.iter();
        Described {
            state,
            protocol_type: self.protocol_type.clone(),
            protocol: self.protocol.clone(),
            members: members
                .map(|(id, it)| it.described(id, &self.protocol))
                .collect(),
        }
    }
}
