use futures_util::FutureExt as _;
use kafka_protocol::messages::metadata_request::MetadataRequestTopic;
use kafka_protocol::messages::{
    ApiVersionsRequest, DescribeClusterRequest, FindCoordinatorRequest, MetadataRequest, TopicName,
};
use proptest::prelude::*;
use proptest::sample::Index;
use tokio_util::sync::CancellationToken;

use super::group_frames::group_frame;
use super::{Head, answer, no_cluster, plain_head, request, responder, text};
use crate::api::{ApiKey, Refusal, Request};
use crate::serve::Later;
use crate::wire::Malformed;
use crate::{Answer, FixedCoordinators, Limits};

/// A good request of each API in each version.
fn good_frames() -> Vec<Vec<u8>> {
    let head = Head {
        client_id: Some("c".to_owned()),
        ..plain_head()
    };
    let mut frames = Vec::new();
    for api in ApiKey::ALL {
        for version in api.oldest()..=api.newest() {
            frames.push(match api {
                api if api.is_group_call() => group_frame(api, version, &head),
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
                _ => {
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
    let responder = responder(coordinators);
    let mut out = Vec::new();
    match responder.answer(frame, &mut out) {
        Err(_) => assert!(out.is_empty(), "an error leaves no bytes"),
        Ok(Some(Later::Group(call))) => {
            let here = std::net::Ipv4Addr::LOCALHOST.into();
            let stop = CancellationToken::new();
            // Nobody says who owns what, so nothing waits.
            let answered = call
                .finish(&responder, here, &stop, &mut out)
                .now_or_never();
            assert!(answered.is_some() && out.len() >= 8);
        }
        Ok(_) => {}
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
    let why = Malformed::Short {
        missing: 0x7fff_fffd,
    };
    let refused = Refusal::Malformed {
        api_key: Some(10),
        version: Some(4),
        why,
    };
    assert_eq!(Request::read(&frame, &Limits::default()), Err(refused));
    let frame = [0, 3, 0, 1, 0, 0, 0, 1, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff];
    let why = Malformed::Short {
        missing: 2 * 0x7fff_ffff,
    };
    let refused = Refusal::Malformed {
        api_key: Some(3),
        version: Some(1),
        why,
    };
    assert_eq!(Request::read(&frame, &Limits::default()), Err(refused));
}

/// An array that claims 2^31 elements, where a group call has its first one.
#[test]
fn no_group_call_believes_a_length() {
    let huge = [0x7f, 0xff, 0xff, 0xff];
    let (name, member) = ([0, 1, b'g'], [0, 1, b'm']);
    let bodies: [(u8, u8, Vec<u8>); 6] = [
        (8, 2, [&name[..], &[0; 4], &member, &[0; 8], &huge].concat()),
        (9, 1, [&name[..], &huge].concat()),
        (
            11,
            0,
            [&name[..], &[0; 4], &member, &[0, 0], &huge].concat(),
        ),
        (13, 3, [&name[..], &huge].concat()),
        (14, 0, [&name[..], &[0; 4], &member, &huge].concat()),
        (15, 0, huge.to_vec()),
    ];
    for (key, version, body) in bodies {
        let head = [0, key, 0, version, 0, 0, 0, 1, 0xff, 0xff];
        let frame = [&head[..], &body].concat();
        let read = Request::read(&frame, &Limits::default());
        let Err(Refusal::Malformed {
            why: Malformed::Short { missing },
            ..
        }) = read
        else {
            panic!("{key}: {read:?}");
        };
        assert!(missing >= 0x7fff_ffff, "{key}: {missing}");
    }
}

#[test]
fn versions_of_group_calls_that_are_not_listed_close_the_connection() {
    let responder = responder(FixedCoordinators::new(no_cluster()));
    for (key, version) in [(8, 1), (8, 10), (9, 0), (11, 10), (15, 7), (12, 300)] {
        let mut frame = [key, version].map(i16::to_be_bytes).concat();
        frame.extend([0; 4]);
        let refused = answer(&responder, &frame).unwrap_err();
        assert_eq!(
            (refused.api_key(), refused.version()),
            (Some(key), Some(version))
        );
        assert!(matches!(refused, Refusal::UnsupportedVersion { .. }));
    }
}

#[test]
fn what_is_not_listed_is_refused_with_its_number() {
    let responder = responder(FixedCoordinators::new(no_cluster()));
    let refused = |frame: &[u8]| answer(&responder, frame).unwrap_err();
    let create_topics = [0, 19, 0, 0, 0, 0, 0, 1, 0xff, 0xff];
    assert_eq!(refused(&create_topics), Refusal::UnknownApi { api_key: 19 });
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
        key in prop_oneof![3 => Just(3_i16), 3 => Just(10), 3 => Just(18), 3 => Just(60), 14 => 8..16_i16, 3 => any::<i16>()],
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
