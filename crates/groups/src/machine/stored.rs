//! To the record that is kept, and back from it.

use std::collections::BTreeMap;

use groupkeeper_types::WallTime;

use super::core::{Chosen, Phase, Wait};
use super::durability::Durability;
use super::{Machine, Member, Members, Now};
use crate::config::GroupConfig;
use crate::record::{self, GroupBody};

impl Machine {
    /// A group that is not kept yet.
    pub fn new(config: GroupConfig) -> Self {
        Self {
            config,
            phase: Phase::Empty,
            generation: 0,
            chosen: Chosen::default(),
            members: Members::default(),
            offsets: BTreeMap::new(),
            changed_at: WallTime::EPOCH,
            durability: Durability::default(),
            out: Vec::new(),
        }
    }

    /// A group as another owner left it. Its members keep their names, generation and assignments, and
    /// have a fresh session each: who died meanwhile is found out by that. A rebalance that was under
    /// way goes on.
    pub fn restored(config: GroupConfig, body: GroupBody, now: Now) -> Self {
        let mut machine = Self::new(config);
        machine.generation = body.generation;
        machine.changed_at = body.changed_at;
        machine.chosen = Chosen {
            protocol_type: body.protocol_type,
            protocol: body.protocol,
            leader: body.leader,
        };
        let synced = body.phase == record::Phase::Stable;
        for record in body.members {
            let member_id = record.member_id.clone();
            let member = Member::restored(record, synced, now.moment);
            machine.members.insert(member_id, member);
        }
        let offsets = body.offsets.into_iter();
        machine.offsets = offsets
            .map(|it| ((it.topic.clone(), it.partition), it))
            .collect();
        let until = now.moment + machine.members.rebalance_timeout();
        machine.phase = match body.phase {
            // A record of ours never says otherwise; one that does is one without members.
            _ if machine.members.is_empty() => Phase::Empty,
            record::Phase::Empty | record::Phase::Preparing => Phase::Preparing {
                until,
                wait: Wait::ForAll,
            },
            record::Phase::Completing => Phase::Completing { until },
            record::Phase::Stable => Phase::Stable { until },
        };
        machine
    }

    /// What is kept of it.
    pub(super) fn body(&self) -> GroupBody {
        let phase = match self.phase {
            Phase::Empty => record::Phase::Empty,
            Phase::Preparing { .. } => record::Phase::Preparing,
            Phase::Completing { .. } => record::Phase::Completing,
            Phase::Stable { .. } => record::Phase::Stable,
        };
        let members = self.members.iter();
        GroupBody {
            phase,
            generation: self.generation,
            protocol_type: self.chosen.protocol_type.clone(),
            protocol: self.chosen.protocol.clone(),
            leader: self.chosen.leader.clone(),
            members: members.map(|(id, member)| member.record(id)).collect(),
            offsets: self.offsets.values().cloned().collect(),
            changed_at: self.changed_at,
        }
    }
}
