use kafka_protocol::messages::leave_group_request::MemberIdentity;
use kafka_protocol::messages::leave_group_response::MemberResponse;
use kafka_protocol::messages::{
    GroupId, HeartbeatRequest, HeartbeatResponse, LeaveGroupRequest, LeaveGroupResponse,
};
use kafka_protocol::protocol::Message;
use proptest::prelude::*;

use super::{any_error, any_head, any_instance, any_name, any_tags, read_call, request, written};
use crate::api::{ApiKey, GroupRequest, heartbeat, leave_group};
use crate::{GroupError, Heartbeat, LeaveGroup, LeavingMember};

#[test]
fn knows_every_version_that_the_oracle_knows() {
    for (api, versions) in [
        (ApiKey::Heartbeat, HeartbeatRequest::VERSIONS),
        (ApiKey::LeaveGroup, LeaveGroupRequest::VERSIONS),
    ] {
        assert_eq!((versions.min, versions.max), (api.oldest(), api.newest()));
    }
}

proptest! {
    #[test]
    fn heartbeats_are_read_and_their_answers_understood(
        version in 0..=4_i16,
        head in any_head(),
        names in (any_name(), any_name(), any_instance()),
        generation: i32,
        tags in any_tags(),
        error in any_error(),
    ) {
        let (group, member, instance) = names;
        let instance = instance.filter(|_| version >= 3);
        let mut body = HeartbeatRequest::default()
            .with_group_id(GroupId(group.clone()))
            .with_generation_id(generation)
            .with_member_id(member.clone())
            .with_group_instance_id(instance.clone());
        if version >= 4 {
            body = body.with_unknown_tagged_fields(tags);
        }
        let frame = request(ApiKey::Heartbeat, version, &head, &body);
        let expected = Heartbeat {
            generation,
            member_id: &member,
            group_instance_id: instance.as_deref(),
        };
        let read = read_call(&frame, ApiKey::Heartbeat, version, &head);
        prop_assert_eq!(read, GroupRequest::Heartbeat(Ok(&group), expected));
        for answer in [Ok(()), Err(error)] {
            let code = answer.err().map_or(0, GroupError::number);
            let read: HeartbeatResponse =
                written(ApiKey::Heartbeat, version, |w| heartbeat::write(w, version, &answer));
            prop_assert_eq!(read, HeartbeatResponse::default().with_error_code(code));
        }
    }

    #[test]
    fn leave_requests_are_read_and_their_answers_understood(
        version in 0..=5_i16,
        head in any_head(),
        group in any_name(),
        members in proptest::collection::vec(
            (any_name(), any_instance(), any_instance(), proptest::option::of(any_error())),
            1..5,
        ),
        tags in any_tags(),
        error in any_error(),
    ) {
        let count = if version >= 3 { members.len() } else { 1 };
        let members = &members[..count];
        let mut body = LeaveGroupRequest::default().with_group_id(GroupId(group.clone()));
        if version >= 3 {
            let listed = members.iter().map(|(id, instance, reason, _)| {
                MemberIdentity::default()
                    .with_member_id(id.clone())
                    .with_group_instance_id(instance.clone())
                    .with_reason(reason.clone().filter(|_| version >= 5))
            });
            body = body.with_members(listed.collect());
        } else {
            body = body.with_member_id(members[0].0.clone());
        }
        if version >= 4 {
            body = body.with_unknown_tagged_fields(tags);
        }
        let frame = request(ApiKey::LeaveGroup, version, &head, &body);
        let ours: Vec<_> = members.iter().map(|(member_id, instance, reason, _)| LeavingMember {
            member_id,
            group_instance_id: instance.as_deref().filter(|_| version >= 3),
            reason: reason.as_deref().filter(|_| version >= 5),
        }).collect();
        let read = read_call(&frame, ApiKey::LeaveGroup, version, &head);
        let GroupRequest::Leave(read_group, read, named) = read else {
            panic!("{read:?}")
        };
        prop_assert_eq!((read_group, read), (Ok(&*group), LeaveGroup { members: ours }));

        // The last member's outcome is missing: an author's mistake.
        let outcomes: Vec<_> = members.iter().map(|it| it.3.map_or(Ok(()), Err)).collect();
        let told = outcomes[..count - 1].to_vec();
        let code = |place: usize| {
            let outcome = told.get(place).copied().unwrap_or(Err(GroupError::Unknown));
            outcome.err().map_or(0, GroupError::number)
        };
        let listed = members.iter().enumerate().map(|(place, it)| {
            MemberResponse::default()
                .with_member_id(it.0.clone())
                .with_group_instance_id(it.1.clone())
                .with_error_code(code(place))
        });
        let mut expected = LeaveGroupResponse::default();
        if version >= 3 {
            expected = expected.with_members(listed.collect());
        } else {
            expected = expected.with_error_code(code(0));
        }
        let write = |answer: leave_group::Left| -> LeaveGroupResponse {
            written(ApiKey::LeaveGroup, version, |w| leave_group::write(w, version, &named, &answer))
        };
        prop_assert_eq!(write(Ok(told.clone())), expected);
        let refused = LeaveGroupResponse::default().with_error_code(error.number());
        prop_assert_eq!(write(Err(error)), refused);
    }
}
