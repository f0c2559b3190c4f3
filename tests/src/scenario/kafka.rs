use std::io;
use std::time::Duration;

use bytes::BytesMut;
use kafka_protocol::messages::{
    FindCoordinatorRequest, FindCoordinatorResponse, RequestHeader, ResponseHeader,
};
use kafka_protocol::protocol::{Decodable as _, Encodable as _, HeaderVersion as _, StrBytes};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::history::Answer;

const FIND_COORDINATOR: i16 = 10;
const VERSION: i16 = 4;

/// Longer than any gateway may take to say that it does not know.
const PATIENCE: Duration = Duration::from_secs(5);

/// A Kafka client with one connection, made anew when it fails.
#[derive(Debug)]
pub(super) struct KafkaClient {
    addr: String,
    connection: Option<TcpStream>,
}

impl KafkaClient {
    pub(super) fn new(addr: &str) -> Self {
        Self {
            addr: addr.to_owned(),
            connection: None,
        }
    }

    /// Who coordinates a group, asked once.
    pub(super) async fn find(&mut self, group: &str) -> Answer {
        // A call that is given up leaves no connection on which its answer could come later.
        let mut connection = self.connection.take();
        let asked = async {
            let stream = match &mut connection {
                Some(stream) => stream,
                none => none.insert(TcpStream::connect(&self.addr).await?),
            };
            ask(stream, group).await
        };
        match timeout(PATIENCE, asked).await {
            Ok(Ok(answer)) => {
                self.connection = connection;
                answer
            }
            Ok(Err(error)) => Answer::Lost(error.to_string()),
            Err(_) => Answer::Lost("no answer".to_owned()),
        }
    }
}

async fn ask(stream: &mut TcpStream, group: &str) -> io::Result<Answer> {
    stream.set_nodelay(true)?;
    let key = StrBytes::from_string(group.to_owned());
    let request = FindCoordinatorRequest::default().with_coordinator_keys(vec![key]);
    let header = RequestHeader::default()
        .with_request_api_key(FIND_COORDINATOR)
        .with_request_api_version(VERSION);
    let mut frame = BytesMut::new();
    let version = FindCoordinatorRequest::header_version(VERSION);
    header.encode(&mut frame, version).map_err(wrong)?;
    request.encode(&mut frame, VERSION).map_err(wrong)?;
    let length = u32::try_from(frame.len()).map_err(wrong)?;
    let frame = [&length.to_be_bytes()[..], &frame].concat();
    stream.write_all(&frame).await?;

    let length = stream.read_u32().await?;
    let mut answer = vec![0; usize::try_from(length).map_err(wrong)?];
    stream.read_exact(&mut answer).await?;
    let mut answer = answer.as_slice();
    let version = FindCoordinatorResponse::header_version(VERSION);
    ResponseHeader::decode(&mut answer, version).map_err(wrong)?;
    let answer = FindCoordinatorResponse::decode(&mut answer, VERSION).map_err(wrong)?;
    let only = answer.coordinators.into_iter().next();
    let only = only.ok_or_else(|| wrong("no coordinator in the answer"))?;
    Ok(match only.error_code {
        0 => Answer::At(format!("{}:{}", only.host, only.port)),
        code => Answer::Error(code),
    })
}

fn wrong(why: impl std::fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.to_string())
}
