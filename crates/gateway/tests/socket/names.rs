//! Names that are not UTF-8, as clients in C send them whose users write Latin-1: an error where the
//! name stands, and the connection goes on.

use std::sync::Arc;

use bytes::Bytes;
use groupkeeper_gateway::{FixedLease, LimitSettings};
use groupkeeper_types::GroupName;
use kafka_protocol::messages::leave_group_request::MemberIdentity;
use kafka_protocol::messages::metadata_request::MetadataRequestTopic;
use kafka_protocol::messages::offset_commit_request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use kafka_protocol::messages::offset_fetch_request::{
    OffsetFetchRequestGroup, OffsetFetchRequestTopics,
};
use kafka_protocol::messages::{
    ApiVersionsRequest, ApiVersionsResponse, FindCoordinatorRequest, FindCoordinatorResponse,
    GroupId, HeartbeatRequest, JoinGroupRequest, LeaveGroupRequest, LeaveGroupResponse,
    MetadataRequest, MetadataResponse, OffsetCommitRequest, OffsetCommitResponse,
    OffsetFetchRequest, OffsetFetchResponse, ResponseHeader, SyncGroupRequest, TopicName,
};
use kafka_protocol::protocol::{Decodable, Encodable, HeaderVersion};

use crate::author::Author;
use crate::client::{Client, frame, text};
use crate::group_frames::{CALLS, codes, request};
use crate::server::{Server, coordinators};

/// The codec of the tests writes UTF-8 alone: this stands for bytes that are none.
const STANDS_FOR: &str = "<bad>";
const BAD: &[u8] = b"caf\xe9s";

fn replace(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for at in 0..bytes.len() {
        if bytes[at..].starts_with(from) {
            bytes[at..at + to.len()].copy_from_slice(to);
        }
    }
    bytes
}

/// Sends a request with bad names, and returns the answer with those as they were.
async fn ask_bytes(client: &mut Client, frame: &[u8]) -> Bytes {
    let sent = replace(frame, STANDS_FOR.as_bytes(), BAD);
    client.send(&sent).await;
    let answer = client.receive().await.expect("an answer");
    replace(&answer, BAD, STANDS_FOR.as_bytes()).into()
}

async fn ask<Q: Encodable + HeaderVersion, R: Decodable + HeaderVersion>(
    client: &mut Client,
    key: i16,
    version: i16,
    body: &Q,
) -> R {
    let mut answer = ask_bytes(client, &frame(key, version, 5, body)).await;
    let header = ResponseHeader::decode(&mut answer, R::header_version(version)).unwrap();
    assert_eq!(header.correlation_id, 5);
    let body = R::decode(&mut answer, version).unwrap();
    assert!(answer.is_empty());
    assert!(client.is_answered().await);
    body
}

async fn server() -> (Server, Arc<Author>) {
    let lease = FixedLease::new(GroupName::new("mine").unwrap(), 7);
    let author = Arc::new(Author::new(100));
    let coordinators = coordinators().claimed("mine", Ok(lease));
    let limits = LimitSettings::default();
    let server = Server::start_serving(coordinators, limits, author.clone()).await;
    (server, author)
}

#[tokio::test]
async fn find_coordinator_says_24_for_that_key_alone() {
    let (server, _) = server().await;
    let mut client = server.client().await;
    for version in 0..=3 {
        let body = FindCoordinatorRequest::default().with_key(text(STANDS_FOR));
        let answer: FindCoordinatorResponse = ask(&mut client, 10, version, &body).await;
        assert_eq!((answer.error_code, answer.node_id.0), (24, -1), "{version}");
        let message = answer.error_message.unwrap_or_default();
        assert_eq!(
            message.contains("UTF-8"),
            version > 0,
            "{version}: {message}"
        );
    }
    for version in 4..=6 {
        // One of them has to be looked for.
        for other in ["known", "elsewhere"] {
            let keys = ["known", STANDS_FOR, other].map(text).to_vec();
            let body = FindCoordinatorRequest::default().with_coordinator_keys(keys);
            let answer: FindCoordinatorResponse = ask(&mut client, 10, version, &body).await;
            let [known, bad, last] = &answer.coordinators[..] else {
                panic!("{answer:?}")
            };
            assert_eq!((known.error_code, bad.error_code), (0, 24), "{version}");
            assert_eq!((&*bad.key, &*last.key), (STANDS_FOR, other));
            let message = bad.error_message.as_deref().unwrap_or_default();
            assert!(message.contains("UTF-8"), "{message}");
        }
    }
}

#[tokio::test]
async fn metadata_says_17_for_that_topic_alone() {
    let (server, _) = server().await;
    let mut client = server.client().await;
    for version in [0, 1, 9, 12] {
        let topic = |name| MetadataRequestTopic::default().with_name(Some(TopicName(text(name))));
        let topics = [topic("good"), topic(STANDS_FOR)].to_vec();
        let body = MetadataRequest::default().with_topics(Some(topics));
        let answer: MetadataResponse = ask(&mut client, 3, version, &body).await;
        let told = answer.topics.iter();
        let told: Vec<_> = told
            .map(|it| (it.name.clone().unwrap().0.to_string(), it.error_code))
            .collect();
        assert_eq!(told, [("good".to_owned(), 3), (STANDS_FOR.to_owned(), 17)]);
    }
}

#[tokio::test]
async fn what_a_client_calls_itself_is_its_own_affair() {
    let (server, _) = server().await;
    let mut client = server.client().await;
    let name = ApiVersionsRequest::default()
        .with_client_software_name(text(STANDS_FOR))
        .with_client_software_version(text("1"));
    let answer: ApiVersionsResponse = ask(&mut client, 18, 4, &name).await;
    assert_eq!(answer.error_code, 0);
    let mut head = Vec::from([0, 12, 0, 0, 0, 0, 0, 5, 0, 5]);
    head.extend(STANDS_FOR.as_bytes());
    head.extend([0, 4, b'm', b'i', b'n', b'e', 0, 0, 0, 0, 0, 0]);
    let frame = crate::client::with_length(&head);
    let answer = ask_bytes(&mut client, &frame).await;
    assert_eq!(&answer[..], [0, 0, 0, 5, 0, 0]);
}

#[tokio::test]
async fn a_group_call_says_24_for_that_group_alone() {
    let (server, author) = server().await;
    let mut client = server.client().await;
    for key in CALLS {
        let answer = ask_bytes(&mut client, &request(key, 5, &[STANDS_FOR, "mine"])).await;
        let expected = match key {
            9 => vec![24, 0],
            // There is no such group.
            15 => vec![24, 69],
            _ => vec![24],
        };
        assert_eq!(codes(key, answer), (5, expected), "{key}");
        assert!(client.is_answered().await);
    }
    assert_eq!(author.done(), 2, "the good ones of the batches");
}

#[tokio::test]
async fn a_member_id_that_is_no_text_is_unknown() {
    let (server, author) = server().await;
    let mut client = server.client().await;
    let group = || GroupId(text("mine"));
    let (bad, instance) = (text(STANDS_FOR), Some(text(STANDS_FOR)));
    let join = JoinGroupRequest::default().with_group_id(group());
    let sync = SyncGroupRequest::default().with_group_id(group());
    let beat = HeartbeatRequest::default().with_group_id(group());
    let commit = OffsetCommitRequest::default()
        .with_group_id(group())
        .with_topics(vec![
            OffsetCommitRequestTopic::default()
                .with_name(TopicName(text("t")))
                .with_partitions(vec![OffsetCommitRequestPartition::default()]),
        ]);
    for (key, code, frame) in [
        (
            11,
            25,
            frame(11, 9, 5, &join.clone().with_member_id(bad.clone())),
        ),
        (
            11,
            42,
            frame(11, 9, 5, &join.clone().with_protocol_type(bad.clone())),
        ),
        (
            11,
            42,
            frame(11, 9, 5, &join.with_group_instance_id(instance.clone())),
        ),
        (
            12,
            25,
            frame(12, 4, 5, &beat.clone().with_member_id(bad.clone())),
        ),
        (
            12,
            42,
            frame(12, 4, 5, &beat.with_group_instance_id(instance.clone())),
        ),
        (
            14,
            25,
            frame(14, 5, 5, &sync.clone().with_member_id(bad.clone())),
        ),
        (
            14,
            42,
            frame(14, 5, 5, &sync.with_protocol_name(instance.clone())),
        ),
        (
            8,
            25,
            frame(8, 9, 5, &commit.clone().with_member_id(bad.clone())),
        ),
        (
            8,
            42,
            frame(8, 9, 5, &commit.with_group_instance_id(instance)),
        ),
    ] {
        let answer = ask_bytes(&mut client, &frame).await;
        assert_eq!(codes(key, answer), (5, vec![code]), "{key}");
    }
    assert_eq!(author.done(), 0);
    let member = |id: &str| MemberIdentity::default().with_member_id(text(id));
    let leave = LeaveGroupRequest::default()
        .with_group_id(group())
        .with_members(vec![member("a"), member(STANDS_FOR), member("b")]);
    let answer: LeaveGroupResponse = ask(&mut client, 13, 5, &leave).await;
    let told: Vec<_> = answer
        .members
        .iter()
        .map(|it| (&*it.member_id, it.error_code))
        .collect();
    assert_eq!(
        (answer.error_code, told),
        (0, vec![("a", 0), (STANDS_FOR, 25), ("b", 0)])
    );
    let leave = LeaveGroupRequest::default()
        .with_group_id(group())
        .with_member_id(bad);
    let answer: LeaveGroupResponse = ask(&mut client, 13, 1, &leave).await;
    assert_eq!(answer.error_code, 25);
}

#[tokio::test]
async fn offsets_of_a_topic_that_is_no_text_are_refused_and_of_others_not() {
    let (server, _) = server().await;
    let mut client = server.client().await;
    let group = GroupId(text("mine"));
    let partition = |index, metadata| {
        OffsetCommitRequestPartition::default()
            .with_partition_index(index)
            .with_committed_metadata(Some(text(metadata)))
    };
    let topic = |name, partitions| {
        OffsetCommitRequestTopic::default()
            .with_name(TopicName(text(name)))
            .with_partitions(partitions)
    };
    let body = OffsetCommitRequest::default()
        .with_group_id(group.clone())
        .with_topics(vec![
            topic(STANDS_FOR, vec![partition(0, "m")]),
            topic("good", vec![partition(1, "m"), partition(2, STANDS_FOR)]),
        ]);
    let answer: OffsetCommitResponse = ask(&mut client, 8, 9, &body).await;
    let codes = answer.topics.iter().map(|topic| {
        let codes = topic.partitions.iter().map(|it| it.error_code);
        (topic.name.0.to_string(), codes.collect::<Vec<_>>())
    });
    let codes: Vec<_> = codes.collect();
    assert_eq!(
        codes,
        [
            (STANDS_FOR.to_owned(), vec![17]),
            ("good".to_owned(), vec![0, 42])
        ]
    );

    let topic = |name| {
        OffsetFetchRequestTopics::default()
            .with_name(TopicName(text(name)))
            .with_partition_indexes(vec![0])
    };
    let groups = OffsetFetchRequestGroup::default()
        .with_group_id(group)
        .with_topics(Some(vec![topic("good"), topic(STANDS_FOR)]));
    let body = OffsetFetchRequest::default().with_groups(vec![groups]);
    let answer: OffsetFetchResponse = ask(&mut client, 9, 9, &body).await;
    let group = &answer.groups[0];
    let codes = group
        .topics
        .iter()
        .map(|it| (&*it.name.0, it.partitions[0].error_code));
    assert_eq!(group.error_code, 0);
    assert_eq!(codes.collect::<Vec<_>>(), [("good", 0), (STANDS_FOR, 17)]);
}
