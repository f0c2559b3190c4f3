use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use groupkeeper_types::{GroupName, Stamp};

use crate::{Fetched, GroupError, NotCommitted, OffsetCommit};

/// Committed offsets of all groups, gone with the process. Gateways of one process share one, as
/// gateways of a fleet share a store; and as a store must, it refuses whoever was the coordinator
/// before the one it has heard of last.
#[derive(Debug, Default)]
pub struct MemoryOffsets(Mutex<BTreeMap<GroupName, Kept>>);

#[derive(Debug, Default)]
struct Kept {
    fence: Stamp,
    offsets: BTreeMap<(String, i32), Fetched>,
}

impl MemoryOffsets {
    /// Groups kept at a time.
    const MAX_GROUPS: usize = 10_000;
    /// Partitions kept of one group.
    const MAX_PARTITIONS: usize = 10_000;
    /// Bytes of metadata kept with an offset, as Kafka has it.
    const MAX_METADATA: usize = 4_096;

    /// Keeps the offsets, and tells which it does not keep.
    pub(super) fn commit(
        &self,
        group: &GroupName,
        token: Stamp,
        request: &OffsetCommit<'_>,
    ) -> Result<Vec<NotCommitted>, GroupError> {
        self.fenced(group, token, |kept| {
            let mut refused = Vec::new();
            for topic in &request.topics {
                for it in &topic.partitions {
                    let metadata = it.metadata.unwrap_or_default();
                    let key = (topic.name.to_owned(), it.partition);
                    let full = kept.offsets.len() >= Self::MAX_PARTITIONS;
                    let error = if metadata.len() > Self::MAX_METADATA {
                        GroupError::OffsetMetadataTooLarge
                    } else if full && !kept.offsets.contains_key(&key) {
                        GroupError::InvalidCommitOffsetSize
                    } else {
                        let fetched = Fetched {
                            topic: key.0.clone(),
                            partition: it.partition,
                            offset: it.offset,
                            leader_epoch: it.leader_epoch,
                            metadata: metadata.to_owned(),
                            error: None,
                        };
                        kept.offsets.insert(key, fetched);
                        continue;
                    };
                    refused.push(NotCommitted {
                        topic: key.0,
                        partition: it.partition,
                        error,
                    });
                }
            }
            refused
        })
    }

    /// All offsets of a group. Whoever reads is the coordinator, so this too shuts out older ones:
    /// otherwise one of them could still change what was read.
    pub(super) fn fetch(
        &self,
        group: &GroupName,
        token: Stamp,
    ) -> Result<Vec<Fetched>, GroupError> {
        self.fenced(group, token, |kept| {
            kept.offsets.values().cloned().collect()
        })
    }

    fn fenced<T>(
        &self,
        group: &GroupName,
        token: Stamp,
        act: impl FnOnce(&mut Kept) -> T,
    ) -> Result<T, GroupError> {
        let mut groups = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if groups.len() >= Self::MAX_GROUPS && !groups.contains_key(group) {
            groups.retain(|_, kept| !kept.offsets.is_empty());
            if groups.len() >= Self::MAX_GROUPS {
                return Err(GroupError::InvalidCommitOffsetSize);
            }
        }
        let kept = groups.entry(group.clone()).or_default();
        if token < kept.fence {
            return Err(GroupError::NotCoordinator);
        }
        kept.fence = token;
        Ok(act(kept))
    }
}
