use std::collections::BTreeMap;

use kafka_protocol::messages::offset_fetch_request::{
    OffsetFetchRequestGroup, OffsetFetchRequestTopic, OffsetFetchRequestTopics,
};
use kafka_protocol::messages::{GroupId, OffsetFetchRequest, OffsetFetchResponse, TopicName};
use kafka_protocol::protocol::{Message, StrBytes};
use proptest::prelude::*;

use super::{any_error, any_head, any_instance, any_name, any_tags};
use super::{plain_head, read_call, request, written};
use crate::api::{ApiKey, GroupRequest, offset_fetch};
use crate::{FetchTopic, Fetched, GroupError, OffsetFetch};

type Topics = Option<Vec<(StrBytes, Vec<i32>)>>;

fn any_topics() -> impl Strategy<Value = Topics> {
    let topic = (any_name(), proptest::collection::vec(any::<i32>(), 0..4));
    proptest::option::of(proptest::collection::vec(topic, 0..4))
}

fn old(topics: &Topics) -> Option<Vec<OffsetFetchRequestTopic>> {
    let topic = |(name, partitions): &(StrBytes, Vec<i32>)| {
        OffsetFetchRequestTopic::default()
            .with_name(TopicName(name.clone()))
            .with_partition_indexes(partitions.clone())
    };
    topics
        .as_ref()
        .map(|topics| topics.iter().map(topic).collect())
}

fn new(topics: &Topics) -> Option<Vec<OffsetFetchRequestTopics>> {
    let topic = |(name, partitions): &(StrBytes, Vec<i32>)| {
        OffsetFetchRequestTopics::default()
            .with_name(TopicName(name.clone()))
            .with_partition_indexes(partitions.clone())
    };
    topics
        .as_ref()
        .map(|topics| topics.iter().map(topic).collect())
}

fn ours(topics: &Topics) -> Option<Vec<FetchTopic<'_>>> {
    fn topic((name, partitions): &(StrBytes, Vec<i32>)) -> FetchTopic<'_> {
        let partitions = partitions.clone();
        FetchTopic { name, partitions }
    }
    topics
        .as_ref()
        .map(|topics| topics.iter().map(topic).collect())
}

/// Partition, offset, leader epoch, metadata, error.
type Entry = (i32, i64, i32, String, i16);
/// A group's error, and its topics.
type Told = (i16, Vec<(String, Vec<Entry>)>);

/// What the oracle read, in one form for all versions.
fn told(version: i16, answer: &OffsetFetchResponse) -> Vec<Told> {
    let text = |metadata: &Option<StrBytes>| metadata.as_deref().unwrap_or("null").to_owned();
    if version <= 7 {
        let topics = answer.topics.iter().map(|topic| {
            let entries = topic.partitions.iter().map(|it| {
                let (offset, epoch) = (it.committed_offset, it.committed_leader_epoch);
                (
                    it.partition_index,
                    offset,
                    epoch,
                    text(&it.metadata),
                    it.error_code,
                )
            });
            (topic.name.0.to_string(), entries.collect())
        });
        return vec![(answer.error_code, topics.collect())];
    }
    let group =
        |group: &kafka_protocol::messages::offset_fetch_response::OffsetFetchResponseGroup| {
            let topics = group.topics.iter().map(|topic| {
                let entries = topic.partitions.iter().map(|it| {
                    let (offset, epoch) = (it.committed_offset, it.committed_leader_epoch);
                    (
                        it.partition_index,
                        offset,
                        epoch,
                        text(&it.metadata),
                        it.error_code,
                    )
                });
                (topic.name.0.to_string(), entries.collect())
            });
            (group.error_code, topics.collect())
        };
    answer.groups.iter().map(group).collect()
}

#[test]
fn knows_every_version_that_the_oracle_knows() {
    let versions = OffsetFetchRequest::VERSIONS;
    let api = ApiKey::OffsetFetch;
    assert_eq!((versions.min, versions.max), (api.oldest(), api.newest()));
}

proptest! {
    #[test]
    fn fetches_are_read(
        version in 1..=9_i16,
        head in any_head(),
        groups in proptest::collection::vec((any_name(), any_topics(), any_instance(), any::<i32>()), 1..4),
        require_stable: bool,
        tags in any_tags(),
    ) {
        let mut groups = groups;
        for group in groups.iter_mut().filter(|_| version < 2) {
            group.1.get_or_insert_default();
        }
        let require_stable = require_stable && version >= 7;
        let mut body = OffsetFetchRequest::default().with_require_stable(require_stable);
        if version <= 7 {
            groups.truncate(1);
            let (name, topics, ..) = &groups[0];
            body = body.with_group_id(GroupId(name.clone())).with_topics(old(topics));
        } else {
            let listed = groups.iter().map(|(name, topics, member, epoch)| {
                let group = OffsetFetchRequestGroup::default()
                    .with_group_id(GroupId(name.clone()))
                    .with_topics(new(topics));
                if version < 9 {
                    return group;
                }
                group.with_member_id(member.clone()).with_member_epoch(*epoch)
            });
            body = body.with_groups(listed.collect()).with_topics(Some(Vec::new()));
        }
        if version >= 6 {
            body = body.with_unknown_tagged_fields(tags);
        }
        let frame = request(ApiKey::OffsetFetch, version, &head, &body);
        let expected = groups.iter().map(|(name, topics, member, epoch)| {
            let request = OffsetFetch {
                member_id: member.as_deref().filter(|_| version >= 9),
                member_epoch: if version >= 9 { *epoch } else { -1 },
                topics: ours(topics),
                require_stable,
            };
            (Ok(&**name), request)
        });
        let read = read_call(&frame, ApiKey::OffsetFetch, version, &head);
        let GroupRequest::Fetch(read) = read else {
            panic!("{read:?}")
        };
        prop_assert_eq!(read.calls, expected.collect::<Vec<_>>());
    }

    #[test]
    fn answers_are_understood_and_name_what_was_asked_for(
        version in 1..=9_i16,
        topics in any_topics(),
        kept in proptest::collection::btree_map(
            ("[ab]", 0..3_i32), (any::<i64>(), any::<i32>(), ".{0,9}", any::<bool>()), 0..6,
        ),
        ask_kept: bool,
        error in any_error(),
    ) {
        let mut topics = topics;
        if ask_kept && let Some(topics) = &mut topics {
            topics.push((super::text("a"), vec![2, 0, 1]));
        }
        if version < 2 {
            topics.get_or_insert_default();
        }
        let kept: Vec<Fetched> = kept.into_iter().map(|((topic, partition), it)| Fetched {
            topic,
            partition,
            offset: it.0,
            leader_epoch: it.1,
            metadata: it.2,
            error: it.3.then_some(error),
        }).collect();
        let entry = |all: Option<GroupError>, topic: &str, partition: i32| -> Entry {
            let found = kept.iter().find(|it| it.topic == topic && it.partition == partition);
            match (all.or(found.and_then(|it| it.error)), found) {
                (Some(error), _) => (partition, -1, -1, String::new(), error.number()),
                (None, None) => (partition, -1, -1, String::new(), 0),
                (None, Some(it)) => {
                    let epoch = if version >= 5 { it.leader_epoch } else { -1 };
                    (partition, it.offset, epoch, it.metadata.clone(), 0)
                }
            }
        };
        let expected = |all: Option<GroupError>| -> Told {
            let code = all.filter(|_| version >= 2).map_or(0, GroupError::number);
            let named: Vec<(String, Vec<i32>)> = match &topics {
                Some(topics) => topics.iter().map(|(n, p)| (n.to_string(), p.clone())).collect(),
                None if all.is_some() => Vec::new(),
                None => {
                    let mut all = BTreeMap::<String, Vec<i32>>::new();
                    for it in &kept {
                        all.entry(it.topic.clone()).or_default().push(it.partition);
                    }
                    all.into_iter().collect()
                }
            };
            let told = named.iter().map(|(name, partitions)| {
                let entries = partitions.iter().map(|&it| entry(all, name, it));
                (name.clone(), entries.collect())
            });
            (code, told.collect())
        };
        let body = |groups: &[&str]| {
            let mut groups = groups.iter().map(|&name| GroupId(super::text(name)));
            if version <= 7 {
                let group = groups.next_back().unwrap();
                return OffsetFetchRequest::default().with_group_id(group).with_topics(old(&topics));
            }
            let groups = groups.map(|name| {
                let topics = new(&topics);
                OffsetFetchRequestGroup::default().with_group_id(name).with_topics(topics)
            });
            OffsetFetchRequest::default().with_groups(groups.collect()).with_topics(Some(Vec::new()))
        };
        let written = |groups: &[&str], answers: &[offset_fetch::Offsets]| -> OffsetFetchResponse {
            let frame = request(ApiKey::OffsetFetch, version, &plain_head(), &body(groups));
            let read = read_call(&frame, ApiKey::OffsetFetch, version, &plain_head());
            let GroupRequest::Fetch(asked) = read else {
                panic!("{read:?}")
            };
            written(ApiKey::OffsetFetch, version, |w| offset_fetch::write(w, version, &asked, answers))
        };
        let groups = if version >= 8 { &["g", "h"][..] } else { &["g"] };
        let answers = [Ok(kept.clone()), Err(error)];
        let both = [expected(None), expected(Some(error))];
        let read = written(groups, &answers[..groups.len()]);
        prop_assert_eq!(told(version, &read), both[..groups.len()].to_vec());
        let read = written(&["h"], &answers[1..]);
        prop_assert_eq!(told(version, &read), both[1..].to_vec());
    }
}
