use std::sync::Arc;

use groupkeeper_types::{GatewayAddr, NodeId};
use kafka_protocol::messages::find_coordinator_response::Coordinator;
use kafka_protocol::messages::{BrokerId, FindCoordinatorRequest, FindCoordinatorResponse};
use kafka_protocol::protocol::Message;
use proptest::prelude::*;

use super::{answer, any_head, any_tags, any_text, no_cluster, read, request, responder, text};
use crate::api::{ApiKey, Request};
use crate::wire::Text;
use crate::{Answer, Broker, FixedCoordinators};

/// What a key of a test should be answered.
#[derive(Debug, Clone, Copy)]
enum Place {
    Somewhere,
    Unknown,
}

fn body(version: i16, key_type: i8, keys: &[String]) -> FindCoordinatorRequest {
    let request = FindCoordinatorRequest::default();
    let request = if version >= 1 {
        request.with_key_type(key_type)
    } else {
        request
    };
    if version >= 4 {
        request.with_coordinator_keys(keys.iter().map(|key| text(key)).collect())
    } else {
        request.with_key(text(keys.first().map_or("", String::as_str)))
    }
}

/// The oracle's answer: one entry a key in versions with batches, otherwise the first one alone.
fn expected(version: i16, entries: Vec<Coordinator>) -> FindCoordinatorResponse {
    let response = FindCoordinatorResponse::default();
    if version >= 4 {
        return response.with_coordinators(entries);
    }
    let only = entries.into_iter().next().unwrap();
    let message = if version >= 1 {
        only.error_message
    } else {
        None
    };
    response
        .with_error_code(only.error_code)
        .with_error_message(message)
        .with_node_id(only.node_id)
        .with_host(only.host)
        .with_port(only.port)
}

fn error(key: &str, code: i16, message: Option<&str>) -> Coordinator {
    Coordinator::default()
        .with_key(text(key))
        .with_node_id(BrokerId(-1))
        .with_port(-1)
        .with_error_code(code)
        .with_error_message(message.map(text))
}

/// The oracle leaves these at their defaults, which for "no message" is an empty one.
fn at(key: &str) -> Coordinator {
    Coordinator::default()
        .with_key(text(key))
        .with_node_id(BrokerId(7))
        .with_host(text("::1"))
        .with_port(9092)
        .with_error_message(None)
}

fn somewhere() -> Answer {
    let addr = GatewayAddr::new("[::1]:9092").unwrap();
    Answer::At(Arc::new(Broker::new(NodeId::new(7).unwrap(), addr)))
}

#[test]
fn knows_every_version_that_the_oracle_knows() {
    assert_eq!(
        FindCoordinatorRequest::VERSIONS.max,
        ApiKey::FindCoordinator.newest()
    );
}

proptest! {
    #[test]
    fn every_key_is_answered_in_its_place(
        version in 0..=6_i16,
        head in any_head(),
        key_type in prop_oneof![3 => Just(0_i8), 1 => any::<i8>()],
        places in proptest::collection::vec(
            (any_text(), prop_oneof![Just(Place::Somewhere), Just(Place::Unknown)]),
            1..5,
        ),
        tags in any_tags(),
    ) {
        let keys: Vec<String> = places.iter().map(|(key, _)| key.clone()).collect();
        let mut request_body = body(version, key_type, &keys);
        if version >= 3 {
            request_body = request_body.with_unknown_tagged_fields(tags);
        }
        let frame = request(ApiKey::FindCoordinator, version, &head, &request_body);
        match read(&frame, ApiKey::FindCoordinator, version, &head) {
            Request::FindCoordinator(request) => {
                let asked = if version >= 4 { &keys[..] } else { &keys[..1] };
                let read: Vec<_> = request.keys().map(Text::utf8).collect();
                let asked: Vec<_> = asked.iter().map(|key| Some(key.as_str())).collect();
                prop_assert_eq!(read, asked);
            }
            other => prop_assert!(false, "{other:?}"),
        }

        let mut coordinators = FixedCoordinators::new(no_cluster());
        // The last one of the same name counts.
        for (key, place) in &places {
            let answer = match place {
                Place::Somewhere => somewhere(),
                Place::Unknown => Answer::Unknown,
            };
            coordinators = coordinators.known(key, answer);
        }
        let place = |key: &String| places.iter().rfind(|(k, _)| k == key).map(|(_, place)| *place);
        let entries = keys.iter().map(|key| match place(key) {
            _ if version >= 1 && key_type != 0 => {
                error(key, 42, Some("only consumer groups have a coordinator here"))
            }
            _ if key.is_empty() => error(key, 24, Some("the group's name is empty")),
            Some(Place::Somewhere) => at(key),
            Some(Place::Unknown) | None => error(key, 15, None),
        });
        let expected = expected(version, entries.collect());
        let out = answer(&responder(coordinators), &frame).unwrap();
        let read: FindCoordinatorResponse = super::response(&out, version, head.correlation_id);
        // Version 0 has no place for a message, and the oracle then reads an empty one.
        let read = if version == 0 || version >= 4 { read.with_error_message(None) } else { read };
        let expected =
            if version >= 4 { expected.with_error_message(None) } else { expected };
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn a_newer_version_is_answered_35_in_the_newest_layout(
        version in 7..=i16::MAX,
        correlation_id: i32,
        rest in proptest::collection::vec(any::<u8>(), 0..50),
    ) {
        let mut frame = [&10_i16.to_be_bytes()[..], &version.to_be_bytes()].concat();
        frame.extend_from_slice(&correlation_id.to_be_bytes());
        frame.extend_from_slice(&rest);
        let out = answer(&responder(FixedCoordinators::new(no_cluster())), &frame).unwrap();
        let read: FindCoordinatorResponse = super::response(&out, 6, correlation_id);
        prop_assert_eq!(read.coordinators.len(), 1);
        prop_assert_eq!(read.coordinators[0].error_code, 35);
    }
}
