use kafka_protocol::messages::describe_groups_response::{DescribedGroup, DescribedGroupMember};
use kafka_protocol::messages::{DescribeGroupsRequest, DescribeGroupsResponse, GroupId};
use kafka_protocol::protocol::Message;
use proptest::prelude::*;

use super::{any_bytes, any_error, any_head, any_instance, any_name, any_tags};
use super::{plain_head, read_call, request, text, written};
use crate::api::{ApiKey, GroupRequest, describe_groups};
use crate::wire::Text;
use crate::{Described, DescribedMember, GroupState};

#[test]
fn knows_every_version_that_the_oracle_knows() {
    let versions = DescribeGroupsRequest::VERSIONS;
    let api = ApiKey::DescribeGroups;
    assert_eq!((versions.min, versions.max), (api.oldest(), api.newest()));
}

proptest! {
    #[test]
    fn requests_are_read(
        version in 0..=6_i16,
        head in any_head(),
        groups in proptest::collection::vec(any_name(), 0..5),
        operations: bool,
        tags in any_tags(),
    ) {
        let names = groups.iter().map(|name| GroupId(name.clone()));
        let mut body = DescribeGroupsRequest::default().with_groups(names.collect());
        if version >= 3 {
            body = body.with_include_authorized_operations(operations);
        }
        if version >= 5 {
            body = body.with_unknown_tagged_fields(tags);
        }
        let frame = request(ApiKey::DescribeGroups, version, &head, &body);
        let read = read_call(&frame, ApiKey::DescribeGroups, version, &head);
        let GroupRequest::Describe(read) = read else {
            panic!("{read:?}")
        };
        let names = groups.iter().map(|name| Text::Utf8(name));
        prop_assert_eq!(read.iter().collect::<Vec<_>>(), names.collect::<Vec<_>>());
    }

    #[test]
    fn each_group_has_its_answer(
        version in 0..=6_i16,
        members in proptest::collection::vec(
            (any_name(), any_instance(), any_name(), any_bytes(), any_bytes()),
            0..4,
        ),
        error in any_error(),
    ) {
        let ours = members.iter().map(|(id, instance, client, metadata, assignment)| DescribedMember {
            member_id: id.to_string(),
            group_instance_id: instance.as_deref().map(str::to_owned),
            client_id: client.to_string(),
            client_host: "/127.0.0.1".into(),
            metadata: metadata.clone(),
            assignment: assignment.clone(),
        });
        let stable = Described {
            state: GroupState::Stable,
            protocol_type: "consumer".into(),
            protocol: "range".into(),
            members: ours.collect(),
        };
        let theirs = members.iter().map(|(id, instance, client, metadata, assignment)| {
            DescribedGroupMember::default()
                .with_member_id(id.clone())
                .with_group_instance_id(instance.clone().filter(|_| version >= 4))
                .with_client_id(client.clone())
                .with_client_host(text("/127.0.0.1"))
                .with_member_metadata(metadata.clone())
                .with_member_assignment(assignment.clone())
        });
        let entry = |name, code: i16, message: &str, state| {
            DescribedGroup::default()
                .with_group_id(GroupId(text(name)))
                .with_error_code(if version >= 6 || code != 69 { code } else { 0 })
                .with_error_message((version >= 6 && code != 0).then(|| text(message)))
                .with_group_state(text(state))
        };
        let expected = DescribeGroupsResponse::default().with_groups(vec![
            entry("stable", 0, "", "Stable")
                .with_protocol_type(text("consumer"))
                .with_protocol_data(text("range"))
                .with_members(theirs.collect()),
            entry("dead", 69, "group ID not found", "Dead"),
            entry("", error.number(), &error.to_string(), ""),
        ]);
        let answers = [Ok(stable), Ok(Described::dead()), Err(error)];
        let names = ["stable", "dead", ""].map(|name| GroupId(text(name)));
        let body = DescribeGroupsRequest::default().with_groups(names.into());
        let frame = request(ApiKey::DescribeGroups, version, &plain_head(), &body);
        let read = read_call(&frame, ApiKey::DescribeGroups, version, &plain_head());
        let GroupRequest::Describe(groups) = read else {
            panic!("{read:?}")
        };
        let read: DescribeGroupsResponse = written(ApiKey::DescribeGroups, version, |w| {
            describe_groups::write(w, version, &groups, &answers);
        });
        prop_assert_eq!(read, expected);
    }
}
