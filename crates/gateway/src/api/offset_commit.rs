use std::collections::BTreeMap;
use std::time::Duration;

use super::flaw::{Flaw, Group};
use crate::Limits;
use crate::groups::{CommitPartition, CommitTopic, GroupError, NotCommitted, OffsetCommit};
use crate::wire::{Element, List, Malformed, Reader, Text, Writer};

/// What is answered: what was not committed, or what stands for every partition.
pub(crate) type Committed = Result<Vec<NotCommitted>, GroupError>;

/// A topic as the client names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Named<'a> {
    name: Text<'a>,
    partitions: List<'a, NamedPartition<'a>>,
}

/// A partition, and whether its metadata is UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NamedPartition<'a> {
    partition: CommitPartition<'a>,
    is_text: bool,
}

impl<'a> Element<'a> for Named<'a> {
    fn read(reader: &mut Reader<'a>, version: i16) -> Result<Self, Malformed> {
        let name = reader.string("a topic")?;
        let count = reader.array("partitions", 13)?;
        let partitions = List::read(reader, count, version)?;
        reader.tags()?;
        Ok(Self { name, partitions })
    }
}

impl<'a> Element<'a> for NamedPartition<'a> {
    fn read(reader: &mut Reader<'a>, version: i16) -> Result<Self, Malformed> {
        let partition = reader.i32()?;
        let offset = reader.i64()?;
        let leader_epoch = if version >= 6 { reader.i32()? } else { -1 };
        let metadata = reader.nullable_string()?;
        reader.tags()?;
        let partition = CommitPartition {
            partition,
            offset,
            leader_epoch,
            metadata: metadata.and_then(Text::utf8),
        };
        Ok(Self {
            partition,
            is_text: metadata.is_none_or(|metadata| metadata.utf8().is_some()),
        })
    }
}

impl<'a> Named<'a> {
    /// What of it can be committed.
    fn topic(self) -> Option<CommitTopic<'a>> {
        let name = self.name.utf8()?;
        let partitions = self.partitions.iter().filter(|it| it.is_text);
        let partitions = partitions.map(|it| it.partition).collect();
        Some(CommitTopic { name, partitions })
    }
}

/// Reads the group's name, the request, and the topics as they are named.
pub(crate) fn read<'a>(
    reader: &mut Reader<'a>,
    version: i16,
    limits: &Limits,
) -> Result<(Group<'a>, OffsetCommit<'a>, List<'a, Named<'a>>), Malformed> {
    let mut flaw = Flaw::default();
    let group = reader.string("the group")?;
    let generation = reader.i32()?;
    let member_id = flaw.member_id(reader.string("the member ID")?);
    let group_instance_id = if version >= 7 {
        flaw.optional(reader.nullable_string()?)
    } else {
        None
    };
    let retention = if version <= 4 {
        let ms = u64::try_from(reader.i64()?).ok();
        ms.map(Duration::from_millis)
    } else {
        None
    };
    let count = reader.array("topics", 2)?;
    let named = List::<Named<'_>>::read(reader, count, version)?;
    reader.tags()?;
    flaw.bound(count, limits.topics);
    let partitions = named.iter().map(|topic| topic.partitions.len()).sum();
    flaw.bound(partitions, limits.partitions);
    let group = flaw.group(group);
    let mut topics = Vec::new();
    if group.is_ok() {
        topics.extend(named.iter().filter_map(Named::topic));
    }
    let request = OffsetCommit {
        generation,
        member_id,
        group_instance_id,
        retention,
        topics,
    };
    Ok((group, request, named))
}

/// Writes the answer, in the order of the request: this call has no place for an error but beside
/// each partition.
pub(crate) fn write(
    writer: &mut Writer<'_>,
    version: i16,
    named: &List<'_, Named<'_>>,
    answer: &Committed,
) {
    let refused: BTreeMap<(&str, i32), GroupError> = answer
        .iter()
        .flatten()
        .map(|not| ((not.topic.as_str(), not.partition), not.error))
        .collect();
    let outcome = |topic: Text<'_>, it: NamedPartition<'_>| match (answer, topic) {
        (Err(error), _) => Err(*error),
        (Ok(_), Text::Other(_)) => Err(GroupError::InvalidTopic),
        (Ok(_), Text::Utf8(_)) if !it.is_text => Err(GroupError::InvalidRequest),
        (Ok(_), Text::Utf8(topic)) => refused
            .get(&(topic, it.partition.partition))
            .map_or(Ok(()), |&error| Err(error)),
    };
    if version >= 3 {
        writer.i32(0);
    }
    writer.array(named.iter(), |writer, topic| {
        writer.name(topic.name);
        writer.array(topic.partitions.iter(), |writer, it| {
            writer.i32(it.partition.partition);
            writer.i16(GroupError::code(&outcome(topic.name, it)));
            writer.no_tags();
        });
        writer.no_tags();
    });
    writer.no_tags();
}
