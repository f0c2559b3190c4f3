use std::time::Duration;

use tokio::time::Instant;

use super::group::{Group, Phase};
use crate::{Joined, JoinedMember};

impl Group {
    /// All members are to join again.
    pub(super) fn rebalance(&mut self, now: Instant) {
        if let Phase::Joining { .. } = self.phase {
            return;
        }
        for member in self.members.values_mut() {
            member.joined = false;
        }
        let timeouts = self.members.values().map(|member| member.rebalance_timeout);
        let until = now + timeouts.max().unwrap_or(Duration::ZERO);
        self.phase = Phase::Joining { until };
    }

    /// Makes the next generation when all have joined, or the time is over for those who have not.
    pub(super) fn complete_if_ready(&mut self, now: Instant) {
        let Phase::Joining { until } = self.phase else {
            return;
        };
        if now >= until {
            self.members.retain(|_, member| member.joined);
        }
        if self.members.values().any(|member| !member.joined) {
            return;
        }
        self.generation = self.generation.checked_add(1).unwrap_or(1);
        self.protocol = self.voted();
        if !self.members.contains_key(&self.leader) {
            let first = self.members.keys().next();
            self.leader = first.cloned().unwrap_or_default();
        }
        for member in self.members.values_mut() {
            member.assignment.clear();
            member.heard(now);
        }
        self.phase = if self.members.is_empty() {
            Phase::Empty
        } else {
            Phase::Syncing
        };
    }

    /// The protocol that all can follow and most like best; of equals, the first by name.
    fn voted(&self) -> String {
        let shared = |name: &&str| self.members.values().all(|member| member.follows(name));
        let mut votes = std::collections::BTreeMap::<&str, usize>::new();
        for member in self.members.values() {
            let mut names = member.protocols.iter().map(|(name, _)| name.as_str());
            if let Some(name) = names.find(shared) {
                *votes.entry(name).or_default() += 1;
            }
        }
        let most = votes.into_iter().rev().max_by_key(|&(_, count)| count);
        most.map_or_else(String::new, |(name, _)| name.to_owned())
    }

    /// When something happens though nobody calls: while members join or wait for their leader.
    pub(super) fn next_change(&self) -> Option<Instant> {
        let silent = |joining: bool| {
            let members = self.members.values();
            let counted = members.filter(move |member| !(joining && member.joined));
            counted.map(|member| member.expires).min()
        };
        match self.phase {
            Phase::Joining { until } => Some(silent(true).map_or(until, |at| at.min(until))),
            Phase::Syncing => silent(false),
            Phase::Empty | Phase::Stable => None,
        }
    }

    /// A member's place in the present generation; `None` for one that is not in it.
    pub(super) fn joined(&self, member_id: &str) -> Option<Joined> {
        if !self.members.contains_key(member_id) {
            return None;
        }
        let listed = |(id, member): (&String, &super::member::Member)| JoinedMember {
            member_id: id.clone(),
            group_instance_id: member.group_instance_id.clone(),
            metadata: member.metadata(&self.protocol),
        };
        let leads = self.leader == member_id;
        let members = if leads {
            self.members.iter().map(listed).collect()
        } else {
            Vec::new()
        };
        Some(Joined {
            generation: self.generation,
            protocol_type: self.protocol_type.clone(),
            protocol: self.protocol.clone(),
            leader: self.leader.clone(),
            skip_assignment: false,
            member_id: member_id.to_owned(),
            members,
        })
    }
}
