use super::ErrorCode;
use crate::Cluster;
use crate::wire::{Element, List, Malformed, Reader, Text, Writer};

/// Says that authorized operations are not told.
const OPERATIONS_OMITTED: i32 = i32::MIN;

/// librdkafka (2.16 and before, its issue 5049) asks for all topics with a null of 4 bytes where one
/// is due, so that 3 bytes follow the end. Kafka never looks at them.
const LIBRDKAFKA_SURPLUS: usize = 3;

/// A Metadata request. What it says of creating topics and of authorization changes no answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct MetadataRequest<'a> {
    /// The topics asked for; "all of them" is none, since a gateway's topics are not ours to tell.
    pub(crate) topics: List<'a, Topic<'a>>,
}

/// A topic asked for by its name or, from version 10 on, by its ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Topic<'a> {
    pub(crate) id: [u8; 16],
    pub(crate) name: Option<Text<'a>>,
}

impl<'a> MetadataRequest<'a> {
    pub(crate) fn read(reader: &mut Reader<'a>, version: i16) -> Result<Self, Malformed> {
        let smallest = if version >= 10 { 18 } else { 2 };
        let listed = reader.nullable_array(smallest)?;
        if version == 0 && listed.is_none() {
            return Err(Malformed::Null { what: "topics" });
        }
        let topics = List::read(reader, listed.unwrap_or(0), version)?;
        if version >= 4 {
            reader.bool()?;
        }
        if (8..=10).contains(&version) {
            reader.bool()?;
        }
        if version >= 8 {
            reader.bool()?;
        }
        reader.tags()?;
        if listed.is_none() && version >= 9 {
            reader.skip_rest_of(LIBRDKAFKA_SURPLUS);
        }
        Ok(Self { topics })
    }
}

impl<'a> Element<'a> for Topic<'a> {
    fn read(reader: &mut Reader<'a>, version: i16) -> Result<Self, Malformed> {
        let id = if version >= 10 {
            reader.uuid()?
        } else {
            [0; 16]
        };
        let name = reader.nullable_string()?;
        if version < 10 && name.is_none() {
            return Err(Malformed::Null {
                what: "a topic's name",
            });
        }
        reader.tags()?;
        Ok(Self { id, name })
    }
}

impl Topic<'_> {
    /// None of them is known. Up to version 11 only a name can tell which one is meant.
    const fn error(&self, version: i16) -> ErrorCode {
        match self.name {
            Some(Text::Other(_)) => ErrorCode::InvalidTopic,
            Some(Text::Utf8(_)) => ErrorCode::UnknownTopicOrPartition,
            None if version < 12 => ErrorCode::InvalidRequest,
            None => ErrorCode::UnknownTopicId,
        }
    }
}

/// Writes the fleet, and that the topics asked for are unknown, or more than `max_topics`. `error` is
/// written where a version has a place for it (13).
pub(crate) fn write(
    writer: &mut Writer<'_>,
    version: i16,
    cluster: &Cluster,
    topics: &List<'_, Topic<'_>>,
    max_topics: usize,
    error: ErrorCode,
) {
    let too_many = topics.len() > max_topics;
    if version >= 3 {
        writer.i32(0);
    }
    writer.array(cluster.brokers.iter(), |writer, broker| {
        writer.i32(broker.node_id().get());
        writer.string(broker.host());
        writer.i32(i32::from(broker.port()));
        if version >= 1 {
            writer.nullable_string(None);
        }
        writer.no_tags();
    });
    if version >= 2 {
        writer.nullable_string(Some(cluster.cluster_id.as_str()));
    }
    if version >= 1 {
        writer.i32(cluster.controller.map_or(-1, |id| id.get()));
    }
    writer.array(topics.iter(), |writer, topic| {
        let error = if too_many {
            ErrorCode::PolicyViolation
        } else {
            topic.error(version)
        };
        write_topic(writer, version, &topic, error);
    });
    if (8..=10).contains(&version) {
        writer.i32(OPERATIONS_OMITTED);
    }
    if version >= 13 {
        writer.i16(error.number());
    }
    writer.no_tags();
}

fn write_topic(writer: &mut Writer<'_>, version: i16, topic: &Topic<'_>, error: ErrorCode) {
    writer.i16(error.number());
    if version >= 12 {
        writer.nullable_name(topic.name);
    } else {
        writer.name(topic.name.unwrap_or(Text::Utf8("")));
    }
    if version >= 10 {
        writer.uuid(topic.id);
    }
    if version >= 1 {
        writer.bool(false);
    }
    writer.array(std::iter::empty::<()>(), |_, ()| ());
    if version >= 8 {
        writer.i32(OPERATIONS_OMITTED);
    }
    writer.no_tags();
}
