//! Our codec against another one, `kafka-protocol`: for every API and version, what it writes we
//! read, and what we write it reads, to the same content and to the last byte.

mod api_versions;
mod describe_cluster;
mod describing;
mod find_coordinator;
mod group_frames;
mod hostile;
mod joining;
mod leaving;
mod metadata;
mod offset_commit;
mod offset_fetch;
mod tools;

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use groupkeeper_types::{GatewayAddr, NodeId};
use kafka_protocol::messages::{RequestHeader, ResponseHeader};
use kafka_protocol::protocol::{Decodable, Encodable, HeaderVersion, StrBytes};
use proptest::prelude::*;

use crate::api::{ApiKey, GroupRequest, Header, Refusal, Request, respond};
use crate::serve::Responder;
use crate::wire::Writer;
use crate::{Broker, Cluster, ClusterId, FixedCoordinators, GroupError, Limits};

fn text(text: &str) -> StrBytes {
    StrBytes::from_string(text.to_owned())
}

/// Strings as clients may send them: short, empty, of any script, and now and then as long as can be.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![20 => ".{0,20}", 1 => Just("x".repeat(32_767)), 1 => Just("é".repeat(200))]
}

/// Fields of versions to come, which we skip.
fn any_tags() -> impl Strategy<Value = BTreeMap<i32, Bytes>> {
    let value = proptest::collection::vec(any::<u8>(), 0..20).prop_map(Bytes::from);
    proptest::collection::btree_map(0..i32::MAX, value, 0..4)
}

/// What comes before a request's own fields.
#[derive(Debug, Clone)]
struct Head {
    correlation_id: i32,
    client_id: Option<String>,
    tags: BTreeMap<i32, Bytes>,
}

fn any_head() -> impl Strategy<Value = Head> {
    (any::<i32>(), proptest::option::of(any_text()), any_tags()).prop_map(
        |(correlation_id, client_id, tags)| Head {
            correlation_id,
            client_id,
            tags,
        },
    )
}

/// The least that can come before them.
fn plain_head() -> Head {
    Head {
        correlation_id: 5,
        client_id: None,
        tags: [].into(),
    }
}

/// A request as the oracle writes it, without its length.
fn request<R: Encodable + HeaderVersion>(
    api: ApiKey,
    version: i16,
    head: &Head,
    body: &R,
) -> Vec<u8> {
    let header = RequestHeader::default()
        .with_request_api_key(api.number())
        .with_request_api_version(version)
        .with_correlation_id(head.correlation_id)
        .with_client_id(head.client_id.as_deref().map(text))
        .with_unknown_tagged_fields(head.tags.clone());
    let mut bytes = BytesMut::new();
    header
        .encode(&mut bytes, R::header_version(version))
        .unwrap();
    body.encode(&mut bytes, version).unwrap();
    bytes.to_vec()
}

/// What we read of a request that the oracle wrote.
fn read<'a>(frame: &'a [u8], api: ApiKey, version: i16, head: &Head) -> Request<'a> {
    let (header, request) = Request::read(frame, &Limits::default()).unwrap();
    let correlation_id = head.correlation_id;
    assert_eq!(
        header,
        Header {
            api,
            version,
            supported: true,
            correlation_id
        }
    );
    request
}

/// What the oracle reads of one response of ours: to its last byte, and none before its first.
fn response<R: Decodable + HeaderVersion>(out: &[u8], version: i16, correlation_id: i32) -> R {
    let (length, frame) = out.split_first_chunk::<4>().unwrap();
    assert_eq!(
        i32::from_be_bytes(*length),
        i32::try_from(frame.len()).unwrap()
    );
    let mut bytes = Bytes::copy_from_slice(frame);
    let header = ResponseHeader::decode(&mut bytes, R::header_version(version)).unwrap();
    assert_eq!(
        header,
        ResponseHeader::default().with_correlation_id(correlation_id)
    );
    let body = R::decode(&mut bytes, version).unwrap();
    assert_eq!(bytes, Bytes::new(), "bytes after the end");
    body
}

fn any_broker() -> impl Strategy<Value = Arc<Broker>> {
    (
        1..=i32::MAX,
        "[a-z][a-z0-9-]{0,14}(\\.[a-z][a-z0-9-]{0,14})?|\\[2001:db8::[0-9a-f]{1,4}\\]",
        1..=u16::MAX,
    )
        .prop_map(|(id, host, port)| {
            let addr = GatewayAddr::new(&format!("{host}:{port}")).unwrap();
            Arc::new(Broker::new(NodeId::new(id).unwrap(), addr))
        })
}

fn any_cluster() -> impl Strategy<Value = Cluster> {
    let controller = proptest::option::of((1..=i32::MAX).prop_map(|id| NodeId::new(id).unwrap()));
    let brokers = proptest::collection::vec(any_broker(), 0..5);
    ("[!-~]{1,40}", controller, brokers).prop_map(|(cluster_id, controller, brokers)| Cluster {
        cluster_id: ClusterId::new(&cluster_id).unwrap(),
        controller,
        brokers,
    })
}

fn responder(coordinators: FixedCoordinators) -> Responder {
    Responder::new(Arc::new(coordinators), Limits::default())
}

fn no_cluster() -> Cluster {
    Cluster {
        cluster_id: ClusterId::new("fleet").unwrap(),
        controller: None,
        brokers: Vec::new(),
    }
}

/// The answer to one frame that needs no waiting.
fn answer(responder: &Responder, frame: &[u8]) -> Result<Vec<u8>, Refusal> {
    let mut out = Vec::new();
    assert!(
        responder.answer(frame, &mut out)?.is_none(),
        "it should need no waiting"
    );
    Ok(out)
}

/// What we read of a group call that the oracle wrote.
fn read_call<'a>(frame: &'a [u8], api: ApiKey, version: i16, head: &Head) -> GroupRequest<'a> {
    assert!(Header::is_group_call(frame));
    assert_eq!(Header::client_id(frame), head.client_id.as_deref());
    match read(frame, api, version, head) {
        Request::Group(request) => request,
        other => panic!("{other:?}"),
    }
}

/// What the oracle reads of a body that we wrote.
fn written<R: Decodable + HeaderVersion>(
    api: ApiKey,
    version: i16,
    body: impl FnOnce(&mut Writer<'_>),
) -> R {
    let header = Header {
        api,
        version,
        supported: true,
        correlation_id: 9,
    };
    let mut out = Vec::new();
    respond(&header, &mut out, body);
    response(&out, version, 9)
}

fn any_name() -> impl Strategy<Value = StrBytes> {
    any_text().prop_map(StrBytes::from_string)
}

fn any_instance() -> impl Strategy<Value = Option<StrBytes>> {
    proptest::option::of(any_name())
}

fn any_bytes() -> impl Strategy<Value = Bytes> {
    proptest::collection::vec(any::<u8>(), 0..300).prop_map(Bytes::from)
}

fn any_error() -> impl Strategy<Value = GroupError> {
    proptest::sample::select(vec![
        GroupError::Unknown,
        GroupError::CoordinatorNotAvailable,
        GroupError::NotCoordinator,
        GroupError::InvalidGroupId,
        GroupError::UnknownMemberId,
        GroupError::FencedInstanceId,
    ])
}
