use kafka_protocol::messages::metadata_request::MetadataRequestTopic;
use kafka_protocol::messages::metadata_response::{MetadataResponseBroker, MetadataResponseTopic};
use kafka_protocol::messages::{BrokerId, MetadataRequest, MetadataResponse, TopicName};
use kafka_protocol::protocol::Message;
use proptest::prelude::*;

use super::{Head, responder, text};
use super::{answer, any_cluster, any_head, any_tags, any_text, no_cluster, read, request};
use crate::api::metadata::{MetadataRequest as Ours, Topic};
use crate::api::{ApiKey, Request};
use crate::wire::Text;
use crate::{Cluster, FixedCoordinators};

type Asked = (Option<String>, u128);

/// Topics as a version can ask for them: by name always, by ID from version 10 on.
fn topics(version: i16, asked: &[Asked]) -> Vec<MetadataRequestTopic> {
    let name = |name: &Option<String>| name.as_deref().map(|name| TopicName(text(name)));
    let topic = |(asked, id): &Asked| {
        let topic = MetadataRequestTopic::default();
        if version >= 10 {
            topic
                .with_topic_id(format!("{id:032x}").parse().unwrap())
                .with_name(name(asked))
        } else {
            topic.with_name(Some(TopicName(text(asked.as_deref().unwrap_or("id")))))
        }
    };
    asked.iter().map(topic).collect()
}

fn ours(topics: &[MetadataRequestTopic]) -> Vec<Topic<'_>> {
    fn ours(topic: &MetadataRequestTopic) -> Topic<'_> {
        let name = topic.name.as_ref().map(|name| Text::Utf8(name.0.as_str()));
        Topic {
            id: *topic.topic_id.as_bytes(),
            name,
        }
    }
    topics.iter().map(ours).collect()
}

fn expected(version: i16, cluster: &Cluster, topics: &[MetadataRequestTopic]) -> MetadataResponse {
    let brokers = cluster.brokers.iter().map(|broker| {
        MetadataResponseBroker::default()
            .with_node_id(BrokerId(broker.node_id().get()))
            .with_host(text(broker.host()))
            .with_port(i32::from(broker.port()))
            .with_rack(None)
    });
    let topics = topics.iter().map(|topic| {
        let error = match &topic.name {
            Some(_) => 3,
            None if version < 12 => 42,
            None => 100,
        };
        let unnamed = (version < 12).then(|| TopicName(text("")));
        MetadataResponseTopic::default()
            .with_error_code(error)
            .with_name(topic.name.clone().or(unnamed))
            .with_topic_id(topic.topic_id)
    });
    let response = MetadataResponse::default()
        .with_brokers(brokers.collect())
        .with_topics(topics.collect())
        .with_cluster_id((version >= 2).then(|| text(cluster.cluster_id.as_str())));
    if version == 0 {
        return response;
    }
    response.with_controller_id(BrokerId(cluster.controller.map_or(-1, |id| id.get())))
}

#[test]
fn knows_every_version_that_the_oracle_knows() {
    assert_eq!(MetadataRequest::VERSIONS.max, ApiKey::Metadata.newest());
}

/// As librdkafka 2.16 sends it when an application lists all topics.
#[test]
fn librdkafkas_null_of_four_bytes_is_understood() {
    for version in [12_u8, 13] {
        let mut frame = vec![0, 3, 0, version, 0, 0, 0, 3, 0xff, 0xff, 0];
        frame.extend_from_slice(&[0, 0, 0, 0, 1, 0, 0]);
        let head = Head {
            correlation_id: 3,
            client_id: None,
            tags: [].into(),
        };
        let read = read(&frame, ApiKey::Metadata, version.into(), &head);
        assert!(matches!(read, Request::Metadata(Ours { topics }) if topics.len() == 0));
    }
}

proptest! {
    #[test]
    fn shows_the_fleet_and_knows_no_topic(
        version in 0..=13_i16,
        head in any_head(),
        cluster in any_cluster(),
        asked in proptest::option::of(proptest::collection::vec(
            (proptest::option::of(any_text()), any::<u128>()),
            0..4,
        )),
        flags: [bool; 3],
        tags in any_tags(),
    ) {
        let topics = topics(version, asked.as_deref().unwrap_or_default());
        let nullable = if version == 0 || asked.is_some() { Some(topics.clone()) } else { None };
        let mut body = MetadataRequest::default().with_topics(nullable);
        if version >= 4 {
            body = body.with_allow_auto_topic_creation(flags[0]);
        }
        if (8..=10).contains(&version) {
            body = body.with_include_cluster_authorized_operations(flags[1]);
        }
        if version >= 8 {
            body = body.with_include_topic_authorized_operations(flags[2]);
        }
        if version >= 9 {
            body = body.with_unknown_tagged_fields(tags);
        }
        let frame = request(ApiKey::Metadata, version, &head, &body);
        let read = read(&frame, ApiKey::Metadata, version, &head);
        let Request::Metadata(Ours { topics: read }) = read else {
            panic!("{read:?}")
        };
        prop_assert_eq!(read.iter().collect::<Vec<_>>(), ours(&topics));

        let expected = expected(version, &cluster, &topics);
        let out = answer(&responder(FixedCoordinators::new(cluster)), &frame).unwrap();
        let read: MetadataResponse = super::response(&out, version, head.correlation_id);
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn a_newer_version_is_answered_35_in_the_newest_layout(
        version in 14..=i16::MAX,
        correlation_id: i32,
        rest in proptest::collection::vec(any::<u8>(), 0..50),
    ) {
        let mut frame = [&3_i16.to_be_bytes()[..], &version.to_be_bytes()].concat();
        frame.extend_from_slice(&correlation_id.to_be_bytes());
        frame.extend_from_slice(&rest);
        let out = answer(&responder(FixedCoordinators::new(no_cluster())), &frame).unwrap();
        let read: MetadataResponse = super::response(&out, 13, correlation_id);
        prop_assert_eq!(read.error_code, 35);
    }
}
