use std::time::Duration;

use kafka_protocol::messages::join_group_request::JoinGroupRequestProtocol;
use kafka_protocol::messages::join_group_response::JoinGroupResponseMember;
use kafka_protocol::messages::sync_group_request::SyncGroupRequestAssignment;
use kafka_protocol::messages::{
    GroupId, JoinGroupRequest, JoinGroupResponse, SyncGroupRequest, SyncGroupResponse,
};
use kafka_protocol::protocol::Message;
use proptest::prelude::*;

use super::{any_bytes, any_error, any_head, any_instance, any_name, any_tags};
use super::{read_call, request, text, written};
use crate::api::{ApiKey, GroupRequest, join_group, sync_group};
use crate::{
    Assignment, GroupError, JoinAnswer, JoinGroup, Joined, JoinedMember, Protocol, SyncGroup,
    Synced,
};

#[test]
fn knows_every_version_that_the_oracle_knows() {
    for (api, versions) in [
        (ApiKey::JoinGroup, JoinGroupRequest::VERSIONS),
        (ApiKey::SyncGroup, SyncGroupRequest::VERSIONS),
    ] {
        assert_eq!((versions.min, versions.max), (api.oldest(), api.newest()));
    }
}

fn joined_answer(joined: &Joined, version: i16) -> JoinGroupResponse {
    let members = joined.members.iter().map(|member| {
        let instance = member.group_instance_id.as_deref().filter(|_| version >= 5);
        JoinGroupResponseMember::default()
            .with_member_id(text(&member.member_id))
            .with_group_instance_id(instance.map(text))
            .with_metadata(member.metadata.clone())
    });
    JoinGroupResponse::default()
        .with_generation_id(joined.generation)
        .with_protocol_type((version >= 7).then(|| text(&joined.protocol_type)))
        .with_protocol_name(Some(text(&joined.protocol)))
        .with_leader(text(&joined.leader))
        .with_skip_assignment(version >= 9 && joined.skip_assignment)
        .with_member_id(text(&joined.member_id))
        .with_members(members.collect())
}

fn ms(ms: i32) -> Duration {
    Duration::from_millis(ms.max(0).unsigned_abs().into())
}

proptest! {
    #[test]
    fn join_requests_are_read(
        version in 0..=9_i16,
        head in any_head(),
        names in (any_name(), any_name(), any_name(), any_instance(), any_instance()),
        timeouts: [i32; 2],
        protocols in proptest::collection::vec((any_name(), any_bytes()), 0..5),
        tags in any_tags(),
    ) {
        let (group, member, protocol_type, instance, reason) = names;
        let instance = instance.filter(|_| version >= 5);
        let reason = reason.filter(|_| version >= 8);
        let listed = protocols.iter().map(|(name, metadata)| {
            JoinGroupRequestProtocol::default()
                .with_name(name.clone())
                .with_metadata(metadata.clone())
        });
        let mut body = JoinGroupRequest::default()
            .with_group_id(GroupId(group.clone()))
            .with_session_timeout_ms(timeouts[0])
            .with_member_id(member.clone())
            .with_group_instance_id(instance.clone())
            .with_protocol_type(protocol_type.clone())
            .with_protocols(listed.collect())
            .with_reason(reason.clone());
        if version >= 1 {
            body = body.with_rebalance_timeout_ms(timeouts[1]);
        }
        if version >= 6 {
            body = body.with_unknown_tagged_fields(tags);
        }
        let frame = request(ApiKey::JoinGroup, version, &head, &body);
        let ours = protocols.iter().map(|(name, metadata)| Protocol { name, metadata });
        let expected = JoinGroup {
            session_timeout: ms(timeouts[0]),
            rebalance_timeout: ms(if version >= 1 { timeouts[1] } else { timeouts[0] }),
            member_id: &member,
            group_instance_id: instance.as_deref(),
            protocol_type: &protocol_type,
            protocols: ours.collect(),
            reason: reason.as_deref(),
            takes_member_id: version >= 4,
            takes_skip_assignment: version >= 9,
        };
        let read = read_call(&frame, ApiKey::JoinGroup, version, &head);
        prop_assert_eq!(read, GroupRequest::Join(Ok(&group), expected));
    }

    #[test]
    fn join_answers_are_understood(
        version in 0..=9_i16,
        generation: i32,
        names in [any_name(), any_name(), any_name(), any_name()],
        skip_assignment: bool,
        members in proptest::collection::vec((any_name(), any_instance(), any_bytes()), 0..4),
        error in any_error(),
    ) {
        let members = members.into_iter().map(|(id, instance, metadata)| JoinedMember {
            member_id: id.to_string(),
            group_instance_id: instance.as_deref().map(str::to_owned),
            metadata,
        });
        let [protocol_type, protocol, leader, member_id] = names.map(|name| name.to_string());
        let joined = Joined {
            generation, protocol_type, protocol, leader, skip_assignment, member_id,
            members: members.collect(),
        };
        let expected = joined_answer(&joined, version);
        let write = |answer: Result<JoinAnswer, GroupError>| -> JoinGroupResponse {
            written(ApiKey::JoinGroup, version, |w| join_group::write(w, version, "m", &answer))
        };
        prop_assert_eq!(write(Ok(JoinAnswer::Joined(joined))), expected);
        let refused = |code: i16, member: &str| {
            JoinGroupResponse::default()
                .with_error_code(code)
                .with_protocol_name((version < 7).then(|| text("")))
                .with_member_id(text(member))
        };
        prop_assert_eq!(write(Err(error)), refused(error.number(), "m"));
        prop_assert_eq!(write(Ok(JoinAnswer::MemberIdRequired("n".into()))), refused(79, "n"));
    }

    #[test]
    fn sync_requests_are_read_and_their_answers_understood(
        version in 0..=5_i16,
        head in any_head(),
        names in (any_name(), any_name(), any_instance(), any_instance(), any_instance()),
        generation: i32,
        assignments in proptest::collection::vec((any_name(), any_bytes()), 0..5),
        tags in any_tags(),
        error in any_error(),
    ) {
        let (group, member, instance, protocol_type, protocol) = names;
        let instance = instance.filter(|_| version >= 3);
        let protocol_type = protocol_type.filter(|_| version >= 5);
        let protocol = protocol.filter(|_| version >= 5);
        let listed = assignments.iter().map(|(id, assignment)| {
            SyncGroupRequestAssignment::default()
                .with_member_id(id.clone())
                .with_assignment(assignment.clone())
        });
        let mut body = SyncGroupRequest::default()
            .with_group_id(GroupId(group.clone()))
            .with_generation_id(generation)
            .with_member_id(member.clone())
            .with_group_instance_id(instance.clone())
            .with_protocol_type(protocol_type.clone())
            .with_protocol_name(protocol.clone())
            .with_assignments(listed.collect());
        if version >= 4 {
            body = body.with_unknown_tagged_fields(tags);
        }
        let frame = request(ApiKey::SyncGroup, version, &head, &body);
        let ours = assignments.iter().map(|(member_id, assignment)| Assignment {
            member_id,
            assignment,
        });
        let expected = SyncGroup {
            generation,
            member_id: &member,
            group_instance_id: instance.as_deref(),
            protocol_type: protocol_type.as_deref(),
            protocol: protocol.as_deref(),
            assignments: ours.collect(),
        };
        let read = read_call(&frame, ApiKey::SyncGroup, version, &head);
        prop_assert_eq!(read, GroupRequest::Sync(Ok(&group), expected));

        let synced = Synced {
            protocol_type: "consumer".into(),
            protocol: member.to_string(),
            assignment: assignments.first().map(|(_, a)| a.clone()).unwrap_or_default(),
        };
        let mut expected = SyncGroupResponse::default().with_assignment(synced.assignment.clone());
        if version >= 5 {
            expected = expected
                .with_protocol_type(Some(text("consumer")))
                .with_protocol_name(Some(member.clone()));
        }
        let write = |answer: Result<Synced, GroupError>| -> SyncGroupResponse {
            written(ApiKey::SyncGroup, version, |w| sync_group::write(w, version, &answer))
        };
        prop_assert_eq!(write(Ok(synced)), expected);
        let refused = SyncGroupResponse::default().with_error_code(error.number());
        prop_assert_eq!(write(Err(error)), refused);
    }
}
