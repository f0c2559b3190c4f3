use kafka_protocol::messages::api_versions_response::ApiVersion;
use kafka_protocol::messages::{ApiVersionsRequest, ApiVersionsResponse};
use kafka_protocol::protocol::Message;
use proptest::prelude::*;

use super::{answer, any_head, any_tags, any_text, no_cluster, read, request, responder, text};
use crate::FixedCoordinators;
use crate::api::{ApiKey, Request};

fn expected(error: i16) -> ApiVersionsResponse {
    let api = |key, oldest, newest| {
        ApiVersion::default()
            .with_api_key(key)
            .with_min_version(oldest)
            .with_max_version(newest)
    };
    ApiVersionsResponse::default()
        .with_error_code(error)
        .with_api_keys(vec![
            api(3, 0, 13),
            api(8, 2, 9),
            api(9, 1, 9),
            api(10, 0, 6),
            api(11, 0, 9),
            api(12, 0, 4),
            api(13, 0, 5),
            api(14, 0, 5),
            api(15, 0, 6),
            api(16, 0, 5),
            api(18, 0, 4),
            api(42, 0, 2),
            api(47, 0, 0),
            api(60, 0, 2),
        ])
}

#[test]
fn knows_every_version_that_the_oracle_knows() {
    assert_eq!(
        ApiVersionsRequest::VERSIONS.max,
        ApiKey::ApiVersions.newest()
    );
}

proptest! {
    #[test]
    fn lists_what_is_answered_and_nothing_else(
        version in 0..=4_i16,
        head in any_head(),
        name in any_text(),
        tags in any_tags(),
    ) {
        let mut body = ApiVersionsRequest::default();
        if version >= 3 {
            body = body.with_client_software_name(text(&name)).with_unknown_tagged_fields(tags);
        }
        let frame = request(ApiKey::ApiVersions, version, &head, &body);
        prop_assert_eq!(read(&frame, ApiKey::ApiVersions, version, &head), Request::ApiVersions);
        let out = answer(&responder(FixedCoordinators::new(no_cluster())), &frame).unwrap();
        let read: ApiVersionsResponse = super::response(&out, version, head.correlation_id);
        prop_assert_eq!(read, expected(0));
    }

    /// Whatever a newer version looks like, its client reads version 0 and asks again.
    #[test]
    fn a_version_nobody_knows_is_answered_in_version_0(
        version in prop_oneof![5..=i16::MAX, i16::MIN..0],
        correlation_id: i32,
        rest in proptest::collection::vec(any::<u8>(), 0..50),
    ) {
        let mut frame = [&18_i16.to_be_bytes()[..], &version.to_be_bytes()].concat();
        frame.extend_from_slice(&correlation_id.to_be_bytes());
        frame.extend_from_slice(&rest);
        let out = answer(&responder(FixedCoordinators::new(no_cluster())), &frame).unwrap();
        prop_assert_eq!(super::response::<ApiVersionsResponse>(&out, 0, correlation_id), expected(35));
    }
}
