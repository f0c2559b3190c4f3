use std::collections::BTreeMap;

use super::flaw::{Flaw, Group};
use crate::Limits;
use crate::groups::{FetchTopic, GroupError, NotCommitted};
use crate::wire::{Element, List, Malformed, Reader, Text, Writer};

/// What is answered: which offsets were not deleted, or what stands for all.
pub(crate) type Deleted = Result<Vec<NotCommitted>, GroupError>;

/// A topic as the client names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Named<'a> {
    name: Text<'a>,
    partitions: List<'a, i32>,
}

impl<'a> Element<'a> for Named<'a> {
    fn read(reader: &mut Reader<'a>, version: i16) -> Result<Self, Malformed> {
        let name = reader.string("a topic")?;
        let count = reader.array("partitions", 4)?;
        let partitions = List::read(reader, count, version)?;
        Ok(Self { name, partitions })
    }
}

/// What is read: the group, what is asked, and the topics as they are named.
pub(crate) type Read<'a> = (Group<'a>, Vec<FetchTopic<'a>>, List<'a, Named<'a>>);

pub(crate) fn read<'a>(
    reader: &mut Reader<'a>,
    version: i16,
    limits: &Limits,
) -> Result<Read<'a>, Malformed> {
    let mut flaw = Flaw::default();
    let group = reader.string("the group")?;
    let count = reader.array("topics", 6)?;
    let named = List::<Named<'_>>::read(reader, count, version)?;
    flaw.bound(count, limits.topics);
    let partitions = named.iter().map(|topic| topic.partitions.len()).sum();
    flaw.bound(partitions, limits.partitions);
    let group = flaw.group(group);
    let mut topics = Vec::new();
    if group.is_ok() {
        topics.extend(named.iter().filter_map(|topic| {
            let name = topic.name.utf8()?;
            let partitions = topic.partitions.iter().collect();
            Some(FetchTopic { name, partitions })
        }));
    }
    Ok((group, topics, named))
}

/// Writes the answer, in the order of the request. As Kafka: an error that stands for all names
/// nothing.
pub(crate) fn write(writer: &mut Writer<'_>, named: &List<'_, Named<'_>>, answer: &Deleted) {
    let kept: BTreeMap<(&str, i32), GroupError> = answer
        .iter()
        .flatten()
        .map(|not| ((not.topic.as_str(), not.partition), not.error))
        .collect();
    writer.i16(GroupError::code(answer));
    writer.i32(0);
    let listed = if answer.is_ok() { *named } else { List::EMPTY };
    writer.array(listed.iter(), |writer, topic| {
        writer.name(topic.name);
        writer.array(topic.partitions.iter(), |writer, partition| {
            let outcome = match topic.name {
                Text::Other(_) => Err(GroupError::InvalidTopic),
                Text::Utf8(name) => kept.get(&(name, partition)).map_or(Ok(()), |&it| Err(it)),
            };
            writer.i32(partition);
            writer.i16(GroupError::code(&outcome));
        });
    });
}
