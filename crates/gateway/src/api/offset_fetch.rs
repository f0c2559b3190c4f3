use std::collections::BTreeMap;

use crate::Limits;
use crate::groups::{FetchTopic, Fetched, GroupError, OffsetFetch};
use crate::wire::{Malformed, Reader, Writer};

/// What is answered for one group: the offsets there are, or what stands for the whole group.
pub(crate) type Offsets = Result<Vec<Fetched>, GroupError>;

/// Groups and what is asked of each: exactly one up to version 7.
pub(crate) type Asked<'a> = Vec<(&'a str, OffsetFetch<'a>)>;

/// How many more topics and partitions one request may name.
#[derive(Debug)]
struct Left {
    topics: usize,
    partitions: usize,
}

pub(crate) fn read<'a>(
    reader: &mut Reader<'a>,
    version: i16,
    limits: &Limits,
) -> Result<Asked<'a>, Malformed> {
    let mut left = Left {
        topics: limits.topics,
        partitions: limits.partitions,
    };
    let mut asked = Vec::new();
    if version <= 7 {
        let group = reader.string("the group")?;
        asked.push((group, read_group(reader, version, &mut left)?));
    } else {
        let count = reader.array("groups", limits.keys, 3)?;
        asked.reserve_exact(count);
        for _ in 0..count {
            let group = reader.string("a group")?;
            asked.push((group, read_group(reader, version, &mut left)?));
            reader.tags()?;
        }
    }
    if version >= 7 {
        let require_stable = reader.bool()?;
        for (_, request) in &mut asked {
            request.require_stable = require_stable;
        }
    }
    reader.tags()?;
    Ok(asked)
}

fn read_group<'a>(
    reader: &mut Reader<'a>,
    version: i16,
    left: &mut Left,
) -> Result<OffsetFetch<'a>, Malformed> {
    let (member_id, member_epoch) = if version >= 9 {
        (reader.nullable_string()?, reader.i32()?)
    } else {
        (None, -1)
    };
    let listed = reader.nullable_array("topics", left.topics, 2)?;
    if version < 2 && listed.is_none() {
        return Err(Malformed::Null { what: "topics" });
    }
    let topics = listed
        .map(|count| read_topics(reader, count, left))
        .transpose()?;
    Ok(OffsetFetch {
        member_id,
        member_epoch,
        topics,
        require_stable: false,
    })
}

fn read_topics<'a>(
    reader: &mut Reader<'a>,
    count: usize,
    left: &mut Left,
) -> Result<Vec<FetchTopic<'a>>, Malformed> {
    left.topics -= count;
    let mut topics = Vec::with_capacity(count);
    for _ in 0..count {
        let name = reader.string("a topic")?;
        let count = reader.array("partitions", left.partitions, 4)?;
        left.partitions -= count;
        let mut partitions = Vec::with_capacity(count);
        for _ in 0..count {
            partitions.push(reader.i32()?);
        }
        reader.tags()?;
        topics.push(FetchTopic { name, partitions });
    }
    Ok(topics)
}

/// Writes what was answered for each group, in the order of the request.
pub(crate) fn write(
    writer: &mut Writer<'_>,
    version: i16,
    asked: &[(&str, OffsetFetch<'_>)],
    answers: &[Offsets],
) {
    if version >= 3 {
        writer.i32(0);
    }
    let entries = asked.iter().zip(answers);
    if version <= 7 {
        for ((_, request), answer) in entries {
            write_topics(writer, version, request, answer);
            if version >= 2 {
                writer.i16(GroupError::code(answer));
            }
        }
    } else {
        writer.array(entries, |writer, ((group, request), answer)| {
            writer.string(group);
            write_topics(writer, version, request, answer);
            writer.i16(GroupError::code(answer));
            writer.no_tags();
        });
    }
    writer.no_tags();
}

/// The partitions that were asked for, each with its offset or -1, or all there are.
///
/// An error that stands for the group stands beside each partition too: versions 0 and 1 have no
/// other place, and librdkafka (its issue 5586) never asks again for a partition that is left out.
fn write_topics(
    writer: &mut Writer<'_>,
    version: i16,
    request: &OffsetFetch<'_>,
    answer: &Offsets,
) {
    let mut known: BTreeMap<&str, BTreeMap<i32, &Fetched>> = BTreeMap::new();
    for fetched in answer.iter().flatten() {
        let topic = known.entry(fetched.topic.as_str()).or_default();
        topic.insert(fetched.partition, fetched);
    }
    let all_failed = answer.as_ref().err().copied();
    let Some(topics) = &request.topics else {
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
        let known = known.get(topic.name);
        writer.string(topic.name);
        writer.array(topic.partitions.iter(), |writer, &partition| {
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
