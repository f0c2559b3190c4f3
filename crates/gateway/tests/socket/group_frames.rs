use bytes::Bytes;
use kafka_protocol::messages::leave_group_request::MemberIdentity;
use kafka_protocol::messages::offset_commit_request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use kafka_protocol::messages::offset_fetch_request::OffsetFetchRequestGroup;
use kafka_protocol::messages::{
    DescribeGroupsRequest, DescribeGroupsResponse, GroupId, HeartbeatRequest, HeartbeatResponse,
    JoinGroupRequest, JoinGroupResponse, LeaveGroupRequest, LeaveGroupResponse,
    OffsetCommitRequest, OffsetCommitResponse, OffsetFetchRequest, OffsetFetchResponse,
    ResponseHeader, SyncGroupRequest, SyncGroupResponse, TopicName,
};
use kafka_protocol::protocol::{Decodable, HeaderVersion};

use crate::client::{frame, text};

pub(crate) const OFFSET_COMMIT: i16 = 8;
pub(crate) const OFFSET_FETCH: i16 = 9;
pub(crate) const JOIN: i16 = 11;

/// The keys of all group calls.
pub(crate) const CALLS: [i16; 7] = [8, 9, 11, 12, 13, 14, 15];

/// A group call with its length, in its newest version. What is no batch takes one group.
pub(crate) fn request(key: i16, id: i32, groups: &[&str]) -> Vec<u8> {
    let group = GroupId(text(groups[0]));
    match key {
        8 => {
            let topic = OffsetCommitRequestTopic::default()
                .with_name(TopicName(text("t")))
                .with_partitions(vec![OffsetCommitRequestPartition::default()]);
            let body = OffsetCommitRequest::default().with_group_id(group);
            frame(key, 9, id, &body.with_topics(vec![topic]))
        }
        9 => {
            let groups = groups.iter().map(|group| {
                OffsetFetchRequestGroup::default()
                    .with_group_id(GroupId(text(group)))
                    .with_topics(None)
            });
            let body = OffsetFetchRequest::default().with_groups(groups.collect());
            frame(key, 9, id, &body)
        }
        11 => {
            let body = JoinGroupRequest::default().with_group_id(group);
            frame(key, 9, id, &body.with_session_timeout_ms(10_000))
        }
        12 => frame(
            key,
            4,
            id,
            &HeartbeatRequest::default().with_group_id(group),
        ),
        13 => {
            let body = LeaveGroupRequest::default().with_group_id(group);
            frame(
                key,
                5,
                id,
                &body.with_members(vec![MemberIdentity::default()]),
            )
        }
        14 => frame(
            key,
            5,
            id,
            &SyncGroupRequest::default().with_group_id(group),
        ),
        15 => {
            let groups = groups.iter().map(|group| GroupId(text(group)));
            let body = DescribeGroupsRequest::default().with_groups(groups.collect());
            frame(key, 6, id, &body)
        }
        _ => panic!("{key} is no group call"),
    }
}

/// The ID of an answer to [`request`], and its errors: one a group in a batch.
pub(crate) fn codes(key: i16, answer: Bytes) -> (i32, Vec<i16>) {
    match key {
        8 => {
            let (id, answer) = read::<OffsetCommitResponse>(answer, 9);
            (id, vec![answer.topics[0].partitions[0].error_code])
        }
        9 => {
            let (id, answer) = read::<OffsetFetchResponse>(answer, 9);
            (id, answer.groups.iter().map(|it| it.error_code).collect())
        }
        11 => {
            let (id, answer) = read::<JoinGroupResponse>(answer, 9);
            (id, vec![answer.error_code])
        }
        12 => {
            let (id, answer) = read::<HeartbeatResponse>(answer, 4);
            (id, vec![answer.error_code])
        }
        13 => {
            let (id, answer) = read::<LeaveGroupResponse>(answer, 5);
            (id, vec![answer.error_code])
        }
        14 => {
            let (id, answer) = read::<SyncGroupResponse>(answer, 5);
            (id, vec![answer.error_code])
        }
        15 => {
            let (id, answer) = read::<DescribeGroupsResponse>(answer, 6);
            (id, answer.groups.iter().map(|it| it.error_code).collect())
        }
        _ => panic!("{key} is no group call"),
    }
}

fn read<R: Decodable + HeaderVersion>(mut answer: Bytes, version: i16) -> (i32, R) {
    let header = ResponseHeader::decode(&mut answer, R::header_version(version)).unwrap();
    let body = R::decode(&mut answer, version).unwrap();
    assert!(answer.is_empty());
    (header.correlation_id, body)
}
