//! Offsets: committing, telling and deleting them.

use std::collections::BTreeSet;

use super::core::{Chosen, Phase};
use super::subscription::subscribed;
use super::{Machine, Now};
use crate::calls::{
    CommitPartition, FetchTopic, Fetched, GroupError, NotCommitted, OffsetCommit, OffsetFetch,
};
use crate::record::OffsetRecord;

impl Machine {
    /// Takes the offsets in, and tells which it does not.
    pub(super) fn commit(
        &mut self,
        now: Now,
        it: &OffsetCommit<'_>,
    ) -> Result<Vec<NotCommitted>, GroupError> {
        self.check_commit(it)?;
        self.heard(it.member_id, now.moment);
        let (mut refused, mut kept) = (Vec::new(), false);
        for topic in &it.topics {
            for partition in &topic.partitions {
                match self.keep(now, topic.name, partition) {
                    Ok(()) => kept = true,
                    Err(error) => refused.push(NotCommitted {
                        topic: topic.name.to_owned(),
                        partition: partition.partition,
                        error,
                    }),
                }
            }
        }
        if kept {
            self.touch(now);
        }
        Ok(refused)
    }

    /// Members of this generation may, and anybody while there is none: a client that assigns
    /// partitions to itself is no member, and names none.
    fn check_commit(&self, it: &OffsetCommit<'_>) -> Result<(), GroupError> {
        if it.generation < 0 && self.phase == Phase::Empty {
            return Ok(());
        }
        let as_member =
            it.generation >= 0 || !it.member_id.is_empty() || it.group_instance_id.is_some();
        if !as_member {
            return Err(GroupError::UnknownMemberId);
        }
        if self.is_dead() {
            // It is of a generation of a group that is gone.
            return Err(GroupError::IllegalGeneration);
        }
        self.check_member(it.member_id, it.group_instance_id, it.generation)?;
        match self.phase {
            // It was told of a generation whose assignments are not there yet.
            Phase::Completing { .. } => Err(GroupError::RebalanceInProgress),
            _ => Ok(()),
        }
    }

    fn keep(&mut self, now: Now, topic: &str, it: &CommitPartition<'_>) -> Result<(), GroupError> {
        let metadata = it.metadata.unwrap_or_default();
        if metadata.len() > self.config.bounds.offset_metadata {
            return Err(GroupError::OffsetMetadataTooLarge);
        }
        let key = (topic.to_owned(), it.partition);
        let is_full = self.offsets.len() >= self.config.bounds.offsets;
        if is_full && !self.offsets.contains_key(&key) {
            return Err(GroupError::InvalidCommitOffsetSize);
        }
        let record = OffsetRecord {
            topic: topic.to_owned(),
            partition: it.partition,
            offset: it.offset,
            leader_epoch: it.leader_epoch,
            metadata: metadata.to_owned(),
            committed_at: now.wall,
        };
        self.offsets.insert(key, record);
        Ok(())
    }

    pub(super) fn fetch(&self, it: &OffsetFetch<'_>) -> Vec<Fetched> {
        let Some(topics) = &it.topics else {
            return self.offsets.values().map(fetched).collect();
        };
        let asked = topics.iter().flat_map(|topic| {
            let partitions = topic.partitions.iter();
            partitions.map(|partition| (topic.name.to_owned(), *partition))
        });
        let known = asked.filter_map(|key| self.offsets.get(&key));
        known.map(fetched).collect()
    }

    /// Deletes the group with its offsets. What stays is an empty record with this owner's token, so
    /// that no write from before can bring it back.
    pub(super) fn delete(&mut self, now: Now) -> Result<(), GroupError> {
        if self.phase != Phase::Empty {
            return Err(GroupError::NonEmptyGroup);
        }
        if self.is_dead() {
            return Err(GroupError::GroupIdNotFound);
        }
        self.generation = 0;
        self.chosen = Chosen::default();
        self.offsets.clear();
        self.touch(now);
        Ok(())
    }

    /// Deletes offsets, but of topics that members read: they would commit them again at once.
    pub(super) fn delete_offsets(
        &mut self,
        now: Now,
        topics: &[FetchTopic<'_>],
    ) -> Result<Vec<NotCommitted>, GroupError> {
        if self.is_dead() {
            return Err(GroupError::GroupIdNotFound);
        }
        let read = self.topics_read()?;
        let (mut kept, mut gone) = (Vec::new(), false);
        for topic in topics {
            for &partition in &topic.partitions {
                if read.contains(topic.name) {
                    kept.push(NotCommitted {
                        topic: topic.name.to_owned(),
                        partition,
                        error: GroupError::GroupSubscribedToTopic,
                    });
                } else {
                    let key = (topic.name.to_owned(), partition);
                    gone |= self.offsets.remove(&key).is_some();
                }
            }
        }
        if gone {
            self.touch(now);
        }
        Ok(kept)
    }

    fn topics_read(&self) -> Result<BTreeSet<String>, GroupError> {
        if self.members.is_empty() {
            return Ok(BTreeSet::new());
        }
        // What members of another type do with offsets, nobody here knows.
        if self.chosen.protocol_type != "consumer" {
            return Err(GroupError::NonEmptyGroup);
        }
        let mut topics = BTreeSet::new();
        for (_, member) in self.members.iter() {
            for (_, metadata) in &member.profile.protocols {
                topics.extend(subscribed(metadata).ok_or(GroupError::NonEmptyGroup)?);
            }
        }
        Ok(topics)
    }
}

fn fetched(it: &OffsetRecord) -> Fetched {
    Fetched {
        topic: it.topic.clone(),
        partition: it.partition,
        offset: it.offset,
        leader_epoch: it.leader_epoch,
        metadata: it.metadata.clone(),
        error: None,
    }
}
