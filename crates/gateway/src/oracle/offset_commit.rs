use std::time::Duration;

use kafka_protocol::messages::offset_commit_request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use kafka_protocol::messages::offset_commit_response::{
    OffsetCommitResponsePartition, OffsetCommitResponseTopic,
};
use kafka_protocol::messages::{GroupId, OffsetCommitRequest, OffsetCommitResponse, TopicName};
use kafka_protocol::protocol::Message;
use proptest::prelude::*;

use super::{any_error, any_head, any_instance, any_name, any_tags, read_call, request, written};
use crate::api::{ApiKey, GroupRequest, offset_commit};
use crate::{CommitPartition, CommitTopic, GroupError, NotCommitted, OffsetCommit};

/// Partition, offset, leader epoch, metadata, and whether it is refused.
type Partition = (i32, i64, i32, Option<String>, bool);

fn partition(version: i16, it: &Partition) -> OffsetCommitRequestPartition {
    let partition = OffsetCommitRequestPartition::default()
        .with_partition_index(it.0)
        .with_committed_offset(it.1)
        .with_committed_metadata(it.3.as_deref().map(super::text));
    if version >= 6 {
        partition.with_committed_leader_epoch(it.2)
    } else {
        partition
    }
}

fn ours(version: i16, it: &Partition) -> CommitPartition<'_> {
    CommitPartition {
        partition: it.0,
        offset: it.1,
        leader_epoch: if version >= 6 { it.2 } else { -1 },
        metadata: it.3.as_deref(),
    }
}

fn answered(topics: &[CommitTopic<'_>], code: impl Fn(&str, i32) -> i16) -> OffsetCommitResponse {
    let topics = topics.iter().map(|topic| {
        let partitions = topic.partitions.iter().map(|it| {
            OffsetCommitResponsePartition::default()
                .with_partition_index(it.partition)
                .with_error_code(code(topic.name, it.partition))
        });
        OffsetCommitResponseTopic::default()
            .with_name(TopicName(super::text(topic.name)))
            .with_partitions(partitions.collect())
    });
    OffsetCommitResponse::default().with_topics(topics.collect())
}

#[test]
fn knows_every_version_that_the_oracle_knows() {
    let versions = OffsetCommitRequest::VERSIONS;
    let api = ApiKey::OffsetCommit;
    assert_eq!((versions.min, versions.max), (api.oldest(), api.newest()));
}

proptest! {
    #[test]
    fn commits_are_read_and_their_answers_understood(
        version in 2..=9_i16,
        head in any_head(),
        names in (any_name(), any_name(), any_instance()),
        generation: i32,
        retention: i64,
        topics in proptest::collection::vec(
            (any_name(), proptest::collection::vec(
                (any::<i32>(), any::<i64>(), any::<i32>(), proptest::option::of(".{0,9}"), any::<bool>()),
                0..4,
            )),
            0..4,
        ),
        tags in any_tags(),
        error in any_error(),
    ) {
        let (group, member, instance) = names;
        let instance = instance.filter(|_| version >= 7);
        let listed = topics.iter().map(|(name, partitions)| {
            OffsetCommitRequestTopic::default()
                .with_name(TopicName(name.clone()))
                .with_partitions(partitions.iter().map(|it| partition(version, it)).collect())
        });
        let mut body = OffsetCommitRequest::default()
            .with_group_id(GroupId(group.clone()))
            .with_generation_id_or_member_epoch(generation)
            .with_member_id(member.clone())
            .with_group_instance_id(instance.clone())
            .with_topics(listed.collect());
        if version <= 4 {
            body = body.with_retention_time_ms(retention);
        }
        if version >= 8 {
            body = body.with_unknown_tagged_fields(tags);
        }
        let frame = request(ApiKey::OffsetCommit, version, &head, &body);
        let retention = u64::try_from(retention).ok().filter(|_| version <= 4);
        let expected = OffsetCommit {
            generation,
            member_id: &member,
            group_instance_id: instance.as_deref(),
            retention: retention.map(Duration::from_millis),
            topics: topics.iter().map(|(name, partitions)| CommitTopic {
                name,
                partitions: partitions.iter().map(|it| ours(version, it)).collect(),
            }).collect(),
        };
        let asked = expected.topics.clone();
        let read = read_call(&frame, ApiKey::OffsetCommit, version, &head);
        let GroupRequest::Commit(read_group, read, named) = read else {
            panic!("{read:?}")
        };
        prop_assert_eq!((read_group, read), (Ok(&*group), expected));

        let mut refused = Vec::new();
        for (name, partitions) in &topics {
            for it in partitions.iter().filter(|it| it.4) {
                let (topic, partition) = (name.to_string(), it.0);
                refused.push(NotCommitted { topic, partition, error });
            }
        }
        let code = |topic: &str, partition: i32| {
            let named = refused.iter().any(|it| it.topic == topic && it.partition == partition);
            if named { error.number() } else { 0 }
        };
        let write = |answer: Result<Vec<NotCommitted>, GroupError>| -> OffsetCommitResponse {
            written(ApiKey::OffsetCommit, version, |w| {
                offset_commit::write(w, version, &named, &answer);
            })
        };
        prop_assert_eq!(write(Ok(refused.clone())), answered(&asked, code));
        prop_assert_eq!(write(Err(error)), answered(&asked, |_, _| error.number()));
    }
}
