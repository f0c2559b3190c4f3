use std::collections::BTreeMap;

use super::flaw::{Flaw, Group};
use crate::Limits;
use crate::groups::{FetchTopic, Fetched, GroupError, OffsetFetch};
use crate::wire::{Element, List, Malformed, Reader, Text, Writer};

/// What is answered for one group: the offsets there are, or what stands for the whole group.
pub(crate) type Offsets = Result<Vec<Fetched>, GroupError>;

/// Groups and what is asked of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked<'a> {
    /// As the client names them: exactly one up to version 7.
    named: List<'a, Named<'a>>,
    /// What is to be done for each of them: nothing where they are too many.
    pub(crate) calls: Vec<(Group<'a>, OffsetFetch<'a>)>,
}

/// A group as the client names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Named<'a> {
    group: Text<'a>,
    member_id: Option<Text<'a>>,
    member_epoch: i32,
    topics: Option<List<'a, NamedTopic<'a>>>,
}

/// A topic as the client names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct NamedTopic<'a> {
    name: Text<'a>,
    partitions: List<'a, i32>,
}

impl<'a> Element<'a> for Named<'a> {
    fn read(reader: &mut Reader<'a>, version: i16) -> Result<Self, Malformed> {
        let group = reader.string("a group")?;
        let (member_id, member_epoch) = if version >= 9 {
            (reader.nullable_string()?, reader.i32()?)
        } else {
            (None, -1)
        };
        let listed = reader.nullable_array(2)?;
        if version < 2 && listed.is_none() {
            return Err(Malformed::Null { what: "topics" });
        }
        let topics = listed.map(|count| List::read(reader, count, version));
        let topics = topics.transpose()?;
        if version >= 8 {
            reader.tags()?;
        }
        Ok(Self {
            group,
            member_id,
            member_epoch,
            topics,
        })
    }
}

impl<'a> Element<'a> for NamedTopic<'a> {
    fn read(reader: &mut Reader<'a>, version: i16) -> Result<Self, Malformed> {
        let name = reader.string("a topic")?;
        let count = reader.array("partitions", 4)?;
        let partitions = List::read(reader, count, version)?;
        reader.tags()?;
        Ok(Self { name, partitions })
    }
}

impl<'a> Named<'a> {
    fn topics(self) -> impl Iterator<Item = NamedTopic<'a>> {
        self.topics.into_iter().flat_map(|topics| topics.iter())
    }

    /// What is to be done for it.
    fn call(self, require_stable: bool) -> (Group<'a>, OffsetFetch<'a>) {
        let mut flaw = Flaw::default();
        let member_id = self.member_id.map(|id| flaw.member_id(id));
        let topics = self.topics().filter_map(|topic| {
            let name = topic.name.utf8()?;
            let partitions = topic.partitions.iter().collect();
            Some(FetchTopic { name, partitions })
        });
        let request = OffsetFetch {
            member_id,
            member_epoch: self.member_epoch,
            topics: self.topics.map(|_| topics.collect()),
            require_stable,
        };
        (flaw.group(self.group), request)
    }
}

pub(crate) fn read<'a>(
    reader: &mut Reader<'a>,
    version: i16,
    limits: &Limits,
) -> Result<Asked<'a>, Malformed> {
    let count = if version <= 7 {
        1
    } else {
        reader.array("groups", 3)?
    };
    let named = List::<Named<'_>>::read(reader, count, version)?;
    let require_stable = version >= 7 && reader.bool()?;
    reader.tags()?;
    let topics = || named.iter().flat_map(Named::topics);
    let partitions: usize = topics().map(|topic| topic.partitions.len()).sum();
    let too_many =
        count > limits.keys || topics().count() > limits.topics || partitions > limits.partitions;
    let mut calls = Vec::new();
    if !too_many {
        calls.extend(named.iter().map(|group| group.call(require_stable)));
    }
    Ok(Asked { named, calls })
}

/// Writes what was answered for each group, in the order of the request. Without an answer there was
/// too much of them.
pub(crate) fn write(writer: &mut Writer<'_>, version: i16, asked: &Asked<'_>, answers: &[Offsets]) {
    if version >= 3 {
        writer.i32(0);
    }
    let too_many = Err(GroupError::PolicyViolation);
    let answer = |place| answers.get(place).unwrap_or(&too_many);
    let entries = asked.named.iter().enumerate();
    if version <= 7 {
        for (place, group) in entries {
            write_topics(writer, version, group, answer(place));
            if version >= 2 {
                writer.i16(GroupError::code(answer(place)));
            }
        }
    } else {
        writer.array(entries, |writer, (place, group)| {
            writer.name(group.group);
            write_topics(writer, version, group, answer(place));
            writer.i16(GroupError::code(answer(place)));
            writer.no_tags();
        });
    }
    writer.no_tags();
}

/// The partitions that were asked for, each with its offset or -1, or all there are.
///
/// An error that stands for the group stands beside each partition too: versions 0 and 1 have no
/// other place, and librdkafka (its issue 5586) never asks again for a partition that is left out.
fn write_topics(writer: &mut Writer<'_>, version: i16, group: Named<'_>, answer: &Offsets) {
    let mut known: BTreeMap<&str, BTreeMap<i32, &Fetched>> = BTreeMap::new();
    for fetched in answer.iter().flatten() {
        let topic = known.entry(fetched.topic.as_str()).or_default();
        topic.insert(fetched.partition, fetched);
    }
    let all_failed = answer.as_ref().err().copied();
    let Some(topics) = group.topics else {
        writer.array(known.iter(), |writer, (name, partitions)| {
            writer.string(name);
            writer.array(partitions.iter(), |writer, (&partition, fetched)| {
                write_partition(writer, version, partition, Some(fetched), all_failed);
            });
            writer.no_tags();
        });
        return;
    };
    writer.array(topics.iter(), |writer, topic| {
        let name = topic.name.utf8();
        let known = name.and_then(|name| known.get(name));
        let unnamed = name.is_none().then_some(GroupError::InvalidTopic);
        let all_failed = all_failed.or(unnamed);
        writer.name(topic.name);
        writer.array(topic.partitions.iter(), |writer, partition| {
            let fetched = known.and_then(|known| known.get(&partition)).copied();
            write_partition(writer, version, partition, fetched, all_failed);
        });
        writer.no_tags();
    });
}

fn write_partition(
    writer: &mut Writer<'_>,
    version: i16,
    partition: i32,
    fetched: Option<&Fetched>,
    all_failed: Option<GroupError>,
) {
    let error = all_failed.or_else(|| fetched.and_then(|fetched| fetched.error));
    let fetched = fetched.filter(|_| error.is_none());
    writer.i32(partition);
    writer.i64(fetched.map_or(-1, |fetched| fetched.offset));
    if version >= 5 {
        writer.i32(fetched.map_or(-1, |fetched| fetched.leader_epoch));
    }
    writer.nullable_string(Some(fetched.map_or("", |fetched| &fetched.metadata)));
    writer.i16(error.map_or(0, GroupError::number));
    writer.no_tags();
}
