//! Requests that name more than the limits allow: each name is answered with an error that ends the
//! client's retrying (POLICY_VIOLATION, 44), and the connection goes on.

use std::sync::Arc;

use groupkeeper_gateway::{FixedLease, LimitSettings};
use groupkeeper_types::GroupName;
use kafka_protocol::messages::join_group_request::JoinGroupRequestProtocol;
use kafka_protocol::messages::leave_group_request::MemberIdentity;
use kafka_protocol::messages::metadata_request::MetadataRequestTopic;
use kafka_protocol::messages::offset_commit_request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use kafka_protocol::messages::offset_fetch_request::{
    OffsetFetchRequestGroup, OffsetFetchRequestTopics,
};
use kafka_protocol::messages::sync_group_request::SyncGroupRequestAssignment;
use kafka_protocol::messages::{
    DescribeGroupsRequest, DescribeGroupsResponse, FindCoordinatorRequest, FindCoordinatorResponse,
    GroupId, JoinGroupRequest, JoinGroupResponse, LeaveGroupRequest, LeaveGroupResponse,
    MetadataRequest, MetadataResponse, OffsetCommitRequest, OffsetCommitResponse,
    OffsetFetchRequest, OffsetFetchResponse, SyncGroupRequest, SyncGroupResponse, TopicName,
};
use kafka_protocol::protocol::{Decodable, Encodable, HeaderVersion, Message};

use crate::author::Author;
use crate::client::{Client, frame, text, with_length};
use crate::server::{Server, coordinators};

const POLICY_VIOLATION: i16 = 44;

async fn ask<Q: Encodable + HeaderVersion, R: Decodable + HeaderVersion + Message>(
    client: &mut Client,
    key: i16,
    version: i16,
    body: &Q,
) -> R {
    client.send(&frame(key, version, 5, body)).await;
    let (id, answer) = client.receive_as(version).await;
    assert_eq!(id, 5);
    assert!(client.is_answered().await);
    answer
}

async fn server(limits: LimitSettings) -> (Server, Arc<Author>) {
    let lease = FixedLease::new(GroupName::new("mine").unwrap(), 7);
    let author = Arc::new(Author::new(100));
    let coordinators = coordinators().claimed("mine", Ok(lease));
    let server = Server::start_serving(coordinators, limits, author.clone()).await;
    (server, author)
}

#[tokio::test]
async fn ten_thousand_keys_are_answered_and_one_more_ends_the_retrying() {
    let (server, _) = server(LimitSettings::default()).await;
    let mut client = server.client().await;
    for (count, code) in [(10_000, 0), (10_001, POLICY_VIOLATION)] {
        let keys = vec![text("known"); count];
        let body = FindCoordinatorRequest::default().with_coordinator_keys(keys);
        let answer: FindCoordinatorResponse = ask(&mut client, 10, 4, &body).await;
        assert_eq!(answer.coordinators.len(), count);
        let right = |it: &&_| {
            let it: &kafka_protocol::messages::find_coordinator_response::Coordinator = it;
            it.error_code == code && &*it.key == "known"
        };
        assert_eq!(answer.coordinators.iter().filter(right).count(), count);
        let message = answer.coordinators[0]
            .error_message
            .as_deref()
            .unwrap_or_default();
        assert_eq!(message.contains("10000"), code != 0, "{message}");
    }
}

/// As many keys as a frame has room for.
#[tokio::test]
async fn the_largest_batch_there_can_be_is_answered_in_bounds() {
    let (server, _) = server(LimitSettings::default()).await;
    let mut client = server.client().await;
    let head = [0, 10, 0, 4, 0, 0, 0, 5, 0xff, 0xff, 0, 0];
    let count: u32 = (1 << 20) - 16;
    let varint = [0, 7, 14].map(|shift| u8::try_from((count + 1) >> shift & 0x7f).unwrap() | 0x80);
    let varint = [varint[0], varint[1], varint[2] & 0x7f];
    // Of empty names, and no tags after them.
    let body = [&head[..], &varint, &vec![1; count as usize], &[0]].concat();
    client.send(&with_length(&body)).await;
    let answer = client.receive().await.expect("an answer");
    assert!(answer.len() < 15 << 20, "{}", answer.len());
    assert!(client.is_answered().await);
}

fn small() -> LimitSettings {
    LimitSettings {
        keys: 2,
        topics: 2,
        members: 2,
        protocols: 2,
        partitions: 2,
        ..LimitSettings::default()
    }
}

#[tokio::test]
async fn too_many_topics_and_groups_are_each_told() {
    let (server, author) = server(small()).await;
    let mut client = server.client().await;
    for (count, code) in [(2, 3), (3, POLICY_VIOLATION)] {
        let topic = MetadataRequestTopic::default().with_name(Some(TopicName(text("t"))));
        let body = MetadataRequest::default().with_topics(Some(vec![topic; count]));
        let answer: MetadataResponse = ask(&mut client, 3, 12, &body).await;
        let codes: Vec<_> = answer.topics.iter().map(|it| it.error_code).collect();
        assert_eq!((codes, answer.brokers.len()), (vec![code; count], 3));
    }
    for (count, code) in [(2, 69), (3, POLICY_VIOLATION)] {
        let body = DescribeGroupsRequest::default().with_groups(vec![GroupId(text("mine")); count]);
        let answer: DescribeGroupsResponse = ask(&mut client, 15, 6, &body).await;
        let codes: Vec<_> = answer.groups.iter().map(|it| it.error_code).collect();
        assert_eq!(codes, vec![code; count]);
    }
    assert_eq!(author.done(), 2);
}

#[tokio::test]
async fn too_many_members_and_protocols_refuse_the_call() {
    let (server, author) = server(small()).await;
    let mut client = server.client().await;
    for (count, code) in [(2, 0), (3, POLICY_VIOLATION)] {
        let group = || GroupId(text("mine"));
        let protocols = vec![JoinGroupRequestProtocol::default(); count];
        let body = JoinGroupRequest::default()
            .with_group_id(group())
            .with_protocols(protocols);
        let answer: JoinGroupResponse = ask(&mut client, 11, 9, &body).await;
        assert_eq!(answer.error_code, code);
        let assignments = vec![SyncGroupRequestAssignment::default(); count];
        let body = SyncGroupRequest::default()
            .with_group_id(group())
            .with_assignments(assignments);
        let answer: SyncGroupResponse = ask(&mut client, 14, 5, &body).await;
        assert_eq!(answer.error_code, code);
        let members = vec![MemberIdentity::default(); count];
        let body = LeaveGroupRequest::default()
            .with_group_id(group())
            .with_members(members);
        let answer: LeaveGroupResponse = ask(&mut client, 13, 5, &body).await;
        let named = if code == 0 { count } else { 0 };
        assert_eq!((answer.error_code, answer.members.len()), (code, named));
    }
    assert_eq!(author.done(), 3);
}

#[tokio::test]
async fn too_many_offsets_are_each_told() {
    let (server, author) = server(small()).await;
    let mut client = server.client().await;
    let group = || GroupId(text("mine"));
    // Topics, and partitions of each.
    for (topics, partitions, code) in [(2, 1, 0), (3, 0, 0), (3, 1, 44), (1, 3, 44), (2, 2, 44)] {
        let topic = OffsetCommitRequestTopic::default()
            .with_name(TopicName(text("t")))
            .with_partitions(vec![OffsetCommitRequestPartition::default(); partitions]);
        let body = OffsetCommitRequest::default()
            .with_group_id(group())
            .with_topics(vec![topic; topics]);
        let answer: OffsetCommitResponse = ask(&mut client, 8, 9, &body).await;
        let told = answer.topics.iter().flat_map(|it| &it.partitions);
        let told: Vec<_> = told.map(|it| it.error_code).collect();
        assert_eq!(told, vec![code; topics * partitions]);

        let topic = OffsetFetchRequestTopics::default()
            .with_name(TopicName(text("t")))
            .with_partition_indexes(vec![0; partitions]);
        let asked = OffsetFetchRequestGroup::default()
            .with_group_id(group())
            .with_topics(Some(vec![topic; topics]));
        let body = OffsetFetchRequest::default().with_groups(vec![asked]);
        let answer: OffsetFetchResponse = ask(&mut client, 9, 9, &body).await;
        let it = &answer.groups[0];
        let code = if topics > 2 { 44 } else { code };
        assert_eq!(it.error_code, code);
        let told = it.topics.iter().flat_map(|it| &it.partitions);
        assert_eq!(
            told.map(|it| it.error_code).collect::<Vec<_>>(),
            vec![code; topics * partitions]
        );
    }
    let asked = OffsetFetchRequestGroup::default()
        .with_group_id(group())
        .with_topics(None);
    let body = OffsetFetchRequest::default().with_groups(vec![asked; 3]);
    let answer: OffsetFetchResponse = ask(&mut client, 9, 9, &body).await;
    let codes: Vec<_> = answer.groups.iter().map(|it| it.error_code).collect();
    assert_eq!(codes, vec![44; 3]);
    assert_eq!(author.done(), 2);
}
