use std::time::Duration;

use bytes::{Bytes, BytesMut};
use kafka_protocol::messages::offset_commit_request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use kafka_protocol::messages::offset_fetch_request::{
    OffsetFetchRequestGroup, OffsetFetchRequestTopics,
};
use kafka_protocol::messages::{
    DescribeGroupsRequest, DescribeGroupsResponse, GroupId, HeartbeatRequest, HeartbeatResponse,
    JoinGroupRequest, JoinGroupResponse, LeaveGroupRequest, LeaveGroupResponse,
    OffsetCommitRequest, OffsetCommitResponse, OffsetFetchRequest, OffsetFetchResponse,
    RequestHeader, ResponseHeader, SyncGroupRequest, SyncGroupResponse, TopicName,
};
use kafka_protocol::protocol::{Decodable, Encodable, HeaderVersion, StrBytes};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// A group call, in the newest version there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    JoinGroup,
    SyncGroup,
    Heartbeat,
    LeaveGroup,
    OffsetCommit,
    OffsetFetch,
    DescribeGroups,
}

impl Call {
    pub(crate) const ALL: [Self; 7] = [
        Self::JoinGroup,
        Self::SyncGroup,
        Self::Heartbeat,
        Self::LeaveGroup,
        Self::OffsetCommit,
        Self::OffsetFetch,
        Self::DescribeGroups,
    ];

    /// A whole request of a stranger, which no coordinator with members takes.
    fn frame(self, group: &str) -> Vec<u8> {
        let group = GroupId(text(group));
        let topic = TopicName(text("topic"));
        match self {
            Self::JoinGroup => {
                let body = JoinGroupRequest::default().with_group_id(group);
                frame(11, 9, &body.with_session_timeout_ms(10_000))
            }
            Self::SyncGroup => {
                let body = SyncGroupRequest::default().with_group_id(group);
                frame(14, 5, &body)
            }
            Self::Heartbeat => {
                let body = HeartbeatRequest::default().with_group_id(group);
                frame(12, 4, &body)
            }
            Self::LeaveGroup => {
                let body = LeaveGroupRequest::default().with_group_id(group);
                frame(13, 5, &body)
            }
            Self::OffsetCommit => {
                let partition = OffsetCommitRequestPartition::default().with_committed_offset(1);
                let topic = OffsetCommitRequestTopic::default()
                    .with_name(topic)
                    .with_partitions(vec![partition]);
                let body = OffsetCommitRequest::default()
                    .with_group_id(group)
                    .with_member_id(text("stranger"))
                    .with_topics(vec![topic]);
                frame(8, 9, &body)
            }
            Self::OffsetFetch => {
                let topic = OffsetFetchRequestTopics::default()
                    .with_name(topic)
                    .with_partition_indexes(vec![0]);
                let group = OffsetFetchRequestGroup::default()
                    .with_group_id(group)
                    .with_topics(Some(vec![topic]));
                frame(
                    9,
                    9,
                    &OffsetFetchRequest::default().with_groups(vec![group]),
                )
            }
            Self::DescribeGroups => {
                let body = DescribeGroupsRequest::default().with_groups(vec![group]);
                frame(15, 6, &body)
            }
        }
    }

    /// The error of an answer, where this call has its place.
    fn error(self, answer: Bytes) -> i16 {
        match self {
            Self::JoinGroup => body::<JoinGroupResponse>(answer, 9).error_code,
            Self::SyncGroup => body::<SyncGroupResponse>(answer, 5).error_code,
            Self::Heartbeat => body::<HeartbeatResponse>(answer, 4).error_code,
            Self::LeaveGroup => body::<LeaveGroupResponse>(answer, 5).error_code,
            Self::OffsetCommit => {
                let answer = body::<OffsetCommitResponse>(answer, 9);
                answer.topics[0].partitions[0].error_code
            }
            Self::OffsetFetch => body::<OffsetFetchResponse>(answer, 9).groups[0].error_code,
            Self::DescribeGroups => body::<DescribeGroupsResponse>(answer, 6).groups[0].error_code,
        }
    }
}

/// The error that a gateway answers.
pub(crate) async fn code(gateway: &str, call: Call, group: &str) -> i16 {
    receive(send(gateway, call, group).await, call).await
}

/// Sends a call, and does not wait for the answer.
pub(crate) async fn send(gateway: &str, call: Call, group: &str) -> TcpStream {
    let mut stream = TcpStream::connect(gateway).await.expect("a connection");
    let written = stream.write_all(&call.frame(group)).await;
    written.expect("the gateway takes it");
    stream
}

/// The error of the next answer.
pub(crate) async fn receive(mut stream: TcpStream, call: Call) -> i16 {
    let read = async {
        let length = stream.read_u32().await.expect("an answer");
        let mut answer = vec![0; usize::try_from(length).expect("a length")];
        stream.read_exact(&mut answer).await.expect("all of it");
        call.error(answer.into())
    };
    timeout(Duration::from_secs(60), read)
        .await
        .expect("an answer in time")
}

fn text(text: &str) -> StrBytes {
    StrBytes::from_string(text.to_owned())
}

fn frame<R: Encodable + HeaderVersion>(key: i16, version: i16, body: &R) -> Vec<u8> {
    let header = RequestHeader::default()
        .with_request_api_key(key)
        .with_request_api_version(version);
    let mut bytes = BytesMut::new();
    header
        .encode(&mut bytes, R::header_version(version))
        .unwrap();
    body.encode(&mut bytes, version).unwrap();
    let length = u32::try_from(bytes.len()).unwrap();
    [&length.to_be_bytes()[..], &bytes].concat()
}

fn body<R: Decodable + HeaderVersion>(mut bytes: Bytes, version: i16) -> R {
    ResponseHeader::decode(&mut bytes, R::header_version(version)).unwrap();
    let body = R::decode(&mut bytes, version).unwrap();
    assert!(bytes.is_empty());
    body
}
