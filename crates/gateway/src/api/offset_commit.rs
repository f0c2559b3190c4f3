use std::collections::BTreeMap;
use std::time::Duration;

use crate::Limits;
use crate::groups::{CommitPartition, CommitTopic, GroupError, NotCommitted, OffsetCommit};
use crate::wire::{Malformed, Reader, Writer};

/// What is answered: what was not committed, or what stands for every partition.
pub(crate) type Committed = Result<Vec<NotCommitted>, GroupError>;

/// Reads the group's name and the request.
pub(crate) fn read<'a>(
    reader: &mut Reader<'a>,
    version: i16,
    limits: &Limits,
) -> Result<(&'a str, OffsetCommit<'a>), Malformed> {
    let group = reader.string("the group")?;
    let generation = reader.i32()?;
    let member_id = reader.string("the member ID")?;
    let group_instance_id = if version >= 7 {
        reader.nullable_string()?
    } else {
        None
    };
    let retention = if version <= 4 {
        let ms = u64::try_from(reader.i64()?).ok();
        ms.map(Duration::from_millis)
    } else {
        None
    };
    let count = reader.array("topics", limits.topics, 2)?;
    let mut topics = Vec::with_capacity(count);
    let mut left = limits.partitions;
    for _ in 0..count {
        let name = reader.string("a topic")?;
        let count = reader.array("partitions", left, 13)?;
        left -= count;
        let mut partitions = Vec::with_capacity(count);
        for _ in 0..count {
            partitions.push(read_partition(reader, version)?);
        }
        reader.tags()?;
        topics.push(CommitTopic { name, partitions });
    }
    reader.tags()?;
    let request = OffsetCommit {
        generation,
        member_id,
        group_instance_id,
        retention,
        topics,
    };
    Ok((group, request))
}

fn read_partition<'a>(
    reader: &mut Reader<'a>,
    version: i16,
) -> Result<CommitPartition<'a>, Malformed> {
    let partition = reader.i32()?;
    let offset = reader.i64()?;
    let leader_epoch = if version >= 6 { reader.i32()? } else { -1 };
    let metadata = reader.nullable_string()?;
    reader.tags()?;
    Ok(CommitPartition {
        partition,
        offset,
        leader_epoch,
        metadata,
    })
}

/// Writes the answer, in the order of the request: this call has no place for an error but beside
/// each partition.
pub(crate) fn write(
    writer: &mut Writer<'_>,
    version: i16,
    topics: &[CommitTopic<'_>],
    answer: &Committed,
) {
    let refused: BTreeMap<(&str, i32), GroupError> = answer
        .iter()
        .flatten()
        .map(|not| ((not.topic.as_str(), not.partition), not.error))
        .collect();
    let outcome = |topic, partition| match answer {
        Err(error) => Err(*error),
        Ok(_) => refused
            .get(&(topic, partition))
            .map_or(Ok(()), |&error| Err(error)),
    };
    if version >= 3 {
        writer.i32(0);
    }
    writer.array(topics.iter(), |writer, topic| {
        writer.string(topic.name);
        writer.array(topic.partitions.iter(), |writer, partition| {
            writer.i32(partition.partition);
            writer.i16(GroupError::code(&outcome(topic.name, partition.partition)));
            writer.no_tags();
        });
        writer.no_tags();
    });
    writer.no_tags();
}
