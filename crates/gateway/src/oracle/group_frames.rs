use kafka_protocol::messages::join_group_request::JoinGroupRequestProtocol;
use kafka_protocol::messages::leave_group_request::MemberIdentity;
use kafka_protocol::messages::offset_commit_request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use kafka_protocol::messages::offset_delete_request::{
    OffsetDeleteRequestPartition, OffsetDeleteRequestTopic,
};
use kafka_protocol::messages::offset_fetch_request::{
    OffsetFetchRequestGroup, OffsetFetchRequestTopic, OffsetFetchRequestTopics,
};
use kafka_protocol::messages::sync_group_request::SyncGroupRequestAssignment;
use kafka_protocol::messages::{
    DeleteGroupsRequest, DescribeGroupsRequest, GroupId, HeartbeatRequest, JoinGroupRequest,
    LeaveGroupRequest, ListGroupsRequest, OffsetCommitRequest, OffsetDeleteRequest,
    OffsetFetchRequest, SyncGroupRequest, TopicName,
};

use super::{Head, request, text};
use crate::api::ApiKey;

/// A good frame of a group call, with something in every array.
pub(super) fn group_frame(api: ApiKey, version: i16, head: &Head) -> Vec<u8> {
    let group = GroupId(text("group"));
    let topic = TopicName(text("t"));
    match api {
        ApiKey::JoinGroup => {
            let protocol = JoinGroupRequestProtocol::default()
                .with_name(text("range"))
                .with_metadata(vec![1, 2].into());
            let body = JoinGroupRequest::default()
                .with_group_id(group)
                .with_session_timeout_ms(10_000)
                .with_protocols(vec![protocol]);
            request(api, version, head, &body)
        }
        ApiKey::SyncGroup => {
            let assignment = SyncGroupRequestAssignment::default()
                .with_member_id(text("m"))
                .with_assignment(vec![1, 2].into());
            let body = SyncGroupRequest::default()
                .with_group_id(group)
                .with_assignments(vec![assignment]);
            request(api, version, head, &body)
        }
        ApiKey::Heartbeat => {
            let body = HeartbeatRequest::default().with_group_id(group);
            request(api, version, head, &body)
        }
        ApiKey::LeaveGroup => {
            let body = LeaveGroupRequest::default().with_group_id(group);
            let body = if version >= 3 {
                body.with_members(vec![MemberIdentity::default().with_member_id(text("m"))])
            } else {
                body.with_member_id(text("m"))
            };
            request(api, version, head, &body)
        }
        ApiKey::OffsetCommit => {
            let partition = OffsetCommitRequestPartition::default().with_committed_offset(7);
            let topic = OffsetCommitRequestTopic::default()
                .with_name(topic)
                .with_partitions(vec![partition]);
            let body = OffsetCommitRequest::default()
                .with_group_id(group)
                .with_topics(vec![topic]);
            request(api, version, head, &body)
        }
        ApiKey::OffsetFetch if version >= 8 => {
            let topic = OffsetFetchRequestTopics::default()
                .with_name(topic)
                .with_partition_indexes(vec![0, 1]);
            let asked = OffsetFetchRequestGroup::default()
                .with_group_id(group)
                .with_topics(Some(vec![topic]));
            let body = OffsetFetchRequest::default().with_groups(vec![asked]);
            request(api, version, head, &body)
        }
        ApiKey::OffsetFetch => {
            let topic = OffsetFetchRequestTopic::default()
                .with_name(topic)
                .with_partition_indexes(vec![0, 1]);
            let body = OffsetFetchRequest::default()
                .with_group_id(group)
                .with_topics(Some(vec![topic]));
            request(api, version, head, &body)
        }
        ApiKey::DescribeGroups => {
            let body = DescribeGroupsRequest::default().with_groups(vec![group]);
            request(api, version, head, &body)
        }
        ApiKey::ListGroups => {
            let mut body = ListGroupsRequest::default();
            if version >= 4 {
                body = body.with_states_filter(vec![text("stable")]);
            }
            if version >= 5 {
                body = body.with_types_filter(vec![text("classic")]);
            }
            request(api, version, head, &body)
        }
        ApiKey::DeleteGroups => {
            let body = DeleteGroupsRequest::default().with_groups_names(vec![group]);
            request(api, version, head, &body)
        }
        ApiKey::OffsetDelete => {
            let partition = OffsetDeleteRequestPartition::default().with_partition_index(7);
            let topic = OffsetDeleteRequestTopic::default()
                .with_name(topic)
                .with_partitions(vec![partition]);
            let body = OffsetDeleteRequest::default()
                .with_group_id(group)
                .with_topics(vec![topic]);
            request(api, version, head, &body)
        }
        ApiKey::Metadata
        | ApiKey::FindCoordinator
        | ApiKey::ApiVersions
        | ApiKey::DescribeCluster => panic!("{api:?} is no group call"),
    }
}
