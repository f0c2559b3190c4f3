use std::net::SocketAddr;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use kafka_protocol::messages::{
    ApiVersionsRequest, FindCoordinatorRequest, FindCoordinatorResponse, MetadataRequest,
    RequestHeader, ResponseHeader,
};
use kafka_protocol::protocol::{Decodable, Encodable, HeaderVersion, Message, StrBytes};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// No test waits longer than this for anything; all of them expect far less.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A client that writes with another codec than the listener reads with.
pub(crate) struct Client(pub(crate) TcpStream);

pub(crate) fn text(text: &str) -> StrBytes {
    StrBytes::from_string(text.to_owned())
}

/// A whole request with its length.
pub(crate) fn frame<R: Encodable + HeaderVersion>(
    key: i16,
    version: i16,
    id: i32,
    body: &R,
) -> Vec<u8> {
    let header = RequestHeader::default()
        .with_request_api_key(key)
        .with_request_api_version(version)
        .with_correlation_id(id);
    let mut bytes = BytesMut::new();
    header
        .encode(&mut bytes, R::header_version(version))
        .unwrap();
    body.encode(&mut bytes, version).unwrap();
    with_length(&bytes)
}

pub(crate) fn with_length(bytes: &[u8]) -> Vec<u8> {
    [
        &u32::try_from(bytes.len()).unwrap().to_be_bytes()[..],
        bytes,
    ]
    .concat()
}

pub(crate) fn find(id: i32, groups: &[&str]) -> Vec<u8> {
    let keys = groups.iter().map(|group| text(group)).collect();
    frame(
        10,
        6,
        id,
        &FindCoordinatorRequest::default().with_coordinator_keys(keys),
    )
}

pub(crate) fn metadata(id: i32) -> Vec<u8> {
    frame(3, 12, id, &MetadataRequest::default().with_topics(None))
}

pub(crate) fn api_versions(id: i32) -> Vec<u8> {
    frame(18, 4, id, &ApiVersionsRequest::default())
}

impl Client {
    pub(crate) async fn connect(addr: SocketAddr) -> Self {
        Self(
            timeout(PATIENCE, TcpStream::connect(addr))
                .await
                .unwrap()
                .unwrap(),
        )
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        timeout(PATIENCE, self.0.write_all(bytes))
            .await
            .unwrap()
            .unwrap();
    }

    /// One response without its length; `None` when the connection is closed.
    pub(crate) async fn receive(&mut self) -> Option<Bytes> {
        let read = async {
            let length = self.0.read_u32().await.ok()?;
            let mut bytes = vec![0; usize::try_from(length).unwrap()];
            self.0.read_exact(&mut bytes).await.ok()?;
            Some(Bytes::from(bytes))
        };
        timeout(PATIENCE, read).await.unwrap()
    }

    pub(crate) async fn receive_as<R: Decodable + HeaderVersion + Message>(
        &mut self,
        version: i16,
    ) -> (i32, R) {
        let mut bytes = self.receive().await.expect("an answer");
        let header = ResponseHeader::decode(&mut bytes, R::header_version(version)).unwrap();
        let body = R::decode(&mut bytes, version).unwrap();
        assert!(bytes.is_empty());
        (header.correlation_id, body)
    }

    /// The answer to [`find`]: for each group an error and the gateway's number.
    pub(crate) async fn found(&mut self) -> (i32, Vec<(i16, i32)>) {
        let (id, answer) = self.receive_as::<FindCoordinatorResponse>(6).await;
        let places = answer
            .coordinators
            .iter()
            .map(|c| (c.error_code, c.node_id.0))
            .collect();
        (id, places)
    }

    /// Whether the listener still answers this client.
    pub(crate) async fn is_answered(&mut self) -> bool {
        self.send(&find(77, &["known"])).await;
        self.found().await == (77, vec![(0, 1)])
    }

    /// Waits until the listener has closed the connection without another word.
    pub(crate) async fn closed(&mut self) {
        assert_eq!(self.receive().await, None);
    }
}
