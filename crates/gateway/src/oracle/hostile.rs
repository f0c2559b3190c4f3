use kafka_protocol::messages::metadata_request::MetadataRequestTopic;
use kafka_protocol::messages::{
    ApiVersionsRequest, DescribeClusterRequest, FindCoordinatorRequest, MetadataRequest, TopicName,
};
use proptest::prelude::*;
use proptest::sample::Index;

use super::{Head, answer, no_cluster, request, responder, text};
use crate::api::{ApiKey, Refusal, Request};
use crate::wire::Malformed;
use crate::{Answer, FixedCoordinators, LimitSettings, Limits};

/// A good request of each API in each version.
fn good_frames() -> Vec<Vec<u8>> {
    let head = Head {
        correlation_id: 5,
        client_id: Some("c".to_owned()),
        tags: [].into(),
    };
    let mut frames = Vec::new();
    for api in ApiKey::ALL {
        for version in 0..=api.newest() {
            frames.push(match api {
                ApiKey::ApiVersions => request(api, version, &head, &ApiVersionsRequest::default()),
                ApiKey::DescribeCluster => {
                    request(api, version, &head, &DescribeClusterRequest::default())
                }
                ApiKey::Metadata => {
                    let topic =
                        MetadataRequestTopic::default().with_name(Some(TopicName(text("t"))));
                    let body = MetadataRequest::default().with_topics(Some(vec![topic]));
                    request(api, version, &head, &body)
                }
                ApiKey::FindCoordinator if version >= 4 => {
                    let keys = vec![text("group"), text("other")];
                    let body = FindCoordinatorRequest::default().with_coordinator_keys(keys);
                    request(api, version, &head, &body)
                }
                ApiKey::FindCoordinator => {
                    let body = FindCoordinatorRequest::default().with_key(text("group"));
                    request(api, version, &head, &body)
                }
            });
        }
    }
    frames
}

fn try_all(frame: &[u8]) {
    let coordinators = FixedCoordinators::new(no_cluster()).known("group", Answer::Unknown);
    let mut out = Vec::new();
    if responder(coordinators).answer(frame, &mut out).is_err() {
        assert!(out.is_empty(), "an error leaves no bytes");
    }
}

#[test]
fn trailing_bytes_and_missing_ones_are_refused() {
    let limits = Limits::default();
    for frame in good_frames() {
        assert!(Request::read(&frame, &limits).is_ok());
        for end in 0..frame.len() {
            let read = Request::read(&frame[..end], &limits);
            assert!(
                matches!(read, Err(Refusal::Malformed { .. })),
                "{frame:?} to {end}: {read:?}"
            );
        }
        let longer = [&frame[..], &[0]].concat();
        let why = Malformed::Trailing { count: 1 };
        let read = Request::read(&longer, &limits);
        assert!(matches!(read, Err(Refusal::Malformed { why: found, .. }) if found == why));
    }
}

/// The frame that kills a codec which allocates before it counts: a batch of 2^31 keys in 22 bytes.
#[test]
fn an_array_longer_than_its_frame_is_refused() {
    let frame = [
        0, 10, 0, 4, 0, 0, 0, 1, 0xff, 0xff, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x07, 0,
    ];
    let why = Malformed::TooMany {
        what: "keys",
        count: 0x7fff_fffe,
        max: 10_000,
    };
    let refused = Refusal::Malformed {
        api_key: Some(10),
        version: Some(4),
        why,
    };
    assert_eq!(Request::read(&frame, &Limits::default()), Err(refused));
    let frame = [0, 3, 0, 1, 0, 0, 0, 1, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff];
    let why = Malformed::TooMany {
        what: "topics",
        count: 0x7fff_ffff,
        max: 10_000,
    };
    let refused = Refusal::Malformed {
        api_key: Some(3),
        version: Some(1),
        why,
    };
    assert_eq!(Request::read(&frame, &Limits::default()), Err(refused));
}

#[test]
fn the_limits_on_keys_and_topics_hold() {
    let head = Head {
        correlation_id: 5,
        client_id: None,
        tags: [].into(),
    };
    let limits = LimitSettings {
        keys: 2,
        topics: 2,
        ..LimitSettings::default()
    };
    let limits = Limits::new(limits).unwrap();
    for (count, fits) in [(2, true), (3, false)] {
        let body = FindCoordinatorRequest::default().with_coordinator_keys(vec![text("g"); count]);
        let frame = request(ApiKey::FindCoordinator, 6, &head, &body);
        assert_eq!(Request::read(&frame, &limits).is_ok(), fits);
        let topic = MetadataRequestTopic::default().with_name(Some(TopicName(text("t"))));
        let body = MetadataRequest::default().with_topics(Some(vec![topic; count]));
        let frame = request(ApiKey::Metadata, 12, &head, &body);
        assert_eq!(Request::read(&frame, &limits).is_ok(), fits);
    }
}

#[test]
fn what_is_not_listed_is_refused_with_its_number() {
    let responder = responder(FixedCoordinators::new(no_cluster()));
    let refused = |frame: &[u8]| answer(&responder, frame).unwrap_err();
    let join_group = [0, 11, 0, 0, 0, 0, 0, 1, 0xff, 0xff];
    assert_eq!(refused(&join_group), Refusal::UnknownApi { api_key: 11 });
    let negative = [0, 10, 0xff, 0xff, 0, 0, 0, 1, 0xff, 0xff];
    assert_eq!(
        refused(&negative),
        Refusal::NegativeVersion {
            api_key: 10,
            version: -1
        }
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn any_bytes_are_answered_or_refused(
        key in prop_oneof![Just(3_i16), Just(10), Just(18), Just(60), any::<i16>()],
        version in prop_oneof![8 => 0..14_i16, 1 => any::<i16>()],
        rest in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        try_all(&[&key.to_be_bytes()[..], &version.to_be_bytes(), &rest].concat());
        try_all(&rest);
    }

    #[test]
    fn good_frames_gone_bad_are_answered_or_refused(
        frame in proptest::sample::select(good_frames()),
        changes in proptest::collection::vec((any::<Index>(), any::<u8>()), 1..6),
        cut in proptest::option::of(any::<Index>()),
        extra in proptest::collection::vec(any::<u8>(), 0..4),
    ) {
        let mut frame = frame;
        for (place, byte) in changes {
            let place = place.index(frame.len());
            frame[place] = byte;
        }
        if let Some(cut) = cut {
            frame.truncate(cut.index(frame.len()));
        }
        frame.extend_from_slice(&extra);
        try_all(&frame);
    }
}
