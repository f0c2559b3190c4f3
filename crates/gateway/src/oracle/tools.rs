use groupkeeper_types::GroupName;
use kafka_protocol::messages::delete_groups_response::DeletableGroupResult;
use kafka_protocol::messages::list_groups_response::ListedGroup as TheirGroup;
use kafka_protocol::messages::offset_delete_response::{
    OffsetDeleteResponsePartition, OffsetDeleteResponseTopic,
};
use kafka_protocol::messages::{
    DeleteGroupsRequest, DeleteGroupsResponse, GroupId, ListGroupsRequest, ListGroupsResponse,
    OffsetDeleteRequest, OffsetDeleteResponse, TopicName,
};
use kafka_protocol::protocol::Message;
use proptest::prelude::*;

use super::group_frames::group_frame;
use super::{
    any_error, any_head, any_name, any_tags, plain_head, read_call, request, text, written,
};
use crate::api::{ApiKey, GroupRequest, delete_groups, list_groups, offset_delete};
use crate::groups::{FetchTopic, GroupError, GroupState, ListedGroup, NotCommitted};
use crate::wire::Text;

#[test]
fn knows_every_version_that_the_oracle_knows() {
    for (api, versions) in [
        (ApiKey::ListGroups, ListGroupsRequest::VERSIONS),
        (ApiKey::DeleteGroups, DeleteGroupsRequest::VERSIONS),
        (ApiKey::OffsetDelete, OffsetDeleteRequest::VERSIONS),
    ] {
        let ours = (api.oldest(), api.newest());
        assert_eq!(ours, (versions.min, versions.max), "{api:?}");
    }
}

proptest! {
    #[test]
    fn reads_what_the_oracle_asks_to_list(
        version in 0..=5_i16,
        head in any_head(),
        states in proptest::collection::vec(any_name(), 0..4),
        types in proptest::collection::vec(any_name(), 0..4),
        tags in any_tags(),
    ) {
        let mut body = ListGroupsRequest::default();
        let (mut ours, mut ours_types) = (Vec::new(), Vec::new());
        if version >= 3 {
            body = body.with_unknown_tagged_fields(tags);
        }
        if version >= 4 {
            body = body.with_states_filter(states.clone());
            ours.extend(states.iter().map(|name| &**name));
        }
        if version >= 5 {
            body = body.with_types_filter(types.clone());
            ours_types.extend(types.iter().map(|name| &**name));
        }
        let frame = request(ApiKey::ListGroups, version, &head, &body);
        let expected = list_groups::Filter { states: ours, types: ours_types, error: None };
        let read = read_call(&frame, ApiKey::ListGroups, version, &head);
        prop_assert_eq!(read, GroupRequest::List(expected));
    }

    #[test]
    fn the_oracle_reads_what_is_listed(version in 0..=5_i16, error in any_error()) {
        let listed = |group: &str, state| ListedGroup {
            group: GroupName::new(group).unwrap(),
            protocol_type: "consumer".to_owned(),
            state,
            unreadable: None,
        };
        let theirs = |group: &str, state: &str| {
            TheirGroup::default()
                .with_group_id(GroupId(text(group)))
                .with_protocol_type(text("consumer"))
                .with_group_state(text(if version >= 4 { state } else { "" }))
                .with_group_type(text(if version >= 5 { "classic" } else { "" }))
        };
        let answer = Ok(vec![listed("a", GroupState::Stable), listed("b", GroupState::Empty)]);
        let read: ListGroupsResponse =
            written(ApiKey::ListGroups, version, |w| list_groups::write(w, version, &answer));
        let groups = vec![theirs("a", "Stable"), theirs("b", "Empty")];
        prop_assert_eq!(read, ListGroupsResponse::default().with_groups(groups));
        let read: ListGroupsResponse =
            written(ApiKey::ListGroups, version, |w| list_groups::write(w, version, &Err(error)));
        prop_assert_eq!(read, ListGroupsResponse::default().with_error_code(error.number()));
    }

    #[test]
    fn reads_and_answers_a_deletion_of_groups(
        version in 0..=2_i16,
        names in proptest::collection::vec(any_name(), 0..4),
        error in any_error(),
    ) {
        let body = DeleteGroupsRequest::default()
            .with_groups_names(names.iter().cloned().map(GroupId).collect());
        let frame = request(ApiKey::DeleteGroups, version, &plain_head(), &body);
        let read = read_call(&frame, ApiKey::DeleteGroups, version, &plain_head());
        let GroupRequest::Delete(groups) = read else {
            panic!("{read:?}")
        };
        let ours = names.iter().map(|name| Text::Utf8(name));
        prop_assert_eq!(groups.iter().collect::<Vec<_>>(), ours.collect::<Vec<_>>());
        let outcomes = [Ok(()), Err(error)];
        let answers: Vec<_> = outcomes.into_iter().cycle().take(names.len()).collect();
        let results = names.iter().zip(&answers).map(|(name, answer)| {
            DeletableGroupResult::default()
                .with_group_id(GroupId(name.clone()))
                .with_error_code(GroupError::code(answer))
        });
        let read: DeleteGroupsResponse = written(ApiKey::DeleteGroups, version, |w| {
            delete_groups::write(w, &groups, &answers);
        });
        prop_assert_eq!(read, DeleteGroupsResponse::default().with_results(results.collect()));
    }
}

#[test]
fn filters_take_states_in_any_case_and_classic_groups_alone() {
    let filter = |states: &[&'static str], types: &[&'static str]| list_groups::Filter {
        states: states.to_vec(),
        types: types.to_vec(),
        error: None,
    };
    assert!(filter(&[], &[]).takes(GroupState::Empty));
    assert!(filter(&["empty", "Stable"], &["Classic"]).takes(GroupState::Stable));
    assert!(!filter(&["Empty"], &[]).takes(GroupState::Stable));
    assert!(!filter(&[], &["consumer"]).takes(GroupState::Stable));
}

#[test]
fn reads_and_answers_a_deletion_of_offsets() {
    let head = plain_head();
    let frame = group_frame(ApiKey::OffsetDelete, 0, &head);
    let read = read_call(&frame, ApiKey::OffsetDelete, 0, &head);
    let GroupRequest::DeleteOffsets(group, topics, named) = read else {
        panic!("{read:?}")
    };
    let partitions = vec![7];
    assert_eq!(group, Ok("group"));
    assert_eq!(
        topics,
        [FetchTopic {
            name: "t",
            partitions
        }]
    );
    let answered = |answer| -> OffsetDeleteResponse {
        written(ApiKey::OffsetDelete, 0, |w| {
            offset_delete::write(w, &named, &answer)
        })
    };
    let expected = |code| {
        let partition = OffsetDeleteResponsePartition::default()
            .with_partition_index(7)
            .with_error_code(code);
        let topic = OffsetDeleteResponseTopic::default()
            .with_name(TopicName(text("t")))
            .with_partitions(vec![partition]);
        OffsetDeleteResponse::default().with_topics(vec![topic])
    };
    assert_eq!(answered(Ok(Vec::new())), expected(0));
    let kept = NotCommitted {
        topic: "t".to_owned(),
        partition: 7,
        error: GroupError::GroupSubscribedToTopic,
    };
    assert_eq!(answered(Ok(vec![kept])), expected(86));
    let error = GroupError::NonEmptyGroup;
    let refused = OffsetDeleteResponse::default().with_error_code(error.number());
    assert_eq!(answered(Err(error)), refused);
}
