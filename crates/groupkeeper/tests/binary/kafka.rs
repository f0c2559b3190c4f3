//! As much of a Kafka client as it takes to ask.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::program::PATIENCE;

/// FindCoordinator v0: the error code, and the coordinator's `host:port`.
pub(crate) async fn find_coordinator(port: u16, group: &str) -> (i16, String) {
    let mut body = Vec::new();
    string(&mut body, group);
    found(&ask(port, 10, 0, &body).await).await
}

/// A client that was answered, and stays.
pub(crate) struct Held(TcpStream);

impl Held {
    /// `None` where it is refused.
    pub(crate) async fn connect(port: u16) -> Option<Self> {
        let mut held = Self(connect(port).await.expect("the port is open"));
        held.exchange("").await.ok().map(|_| held)
    }

    /// FindCoordinator v0, as [`find_coordinator`].
    pub(crate) async fn find(&mut self, group: &str) -> (i16, String) {
        let answer = timeout(PATIENCE, self.exchange(group)).await;
        found(&answer.expect("an answer").expect("a connection")).await
    }

    async fn exchange(&mut self, group: &str) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        string(&mut body, group);
        self.0.write_all(&frame(10, 0, &body)).await?;
        answer(&mut self.0).await
    }
}

async fn found(answer: &[u8]) -> (i16, String) {
    let mut rest = answer;
    let code = rest.read_i16().await.expect("an error code");
    rest.read_i32().await.expect("a node ID");
    let host = read_string(&mut rest).await;
    let at = rest.read_i32().await.expect("a port");
    assert!(rest.is_empty(), "{rest:?} is left over");
    (code, format!("{host}:{at}"))
}

/// Metadata v2.
#[derive(Debug)]
pub(crate) struct Metadata {
    pub(crate) cluster_id: String,
    /// The controller's `host:port`.
    pub(crate) controller: Option<String>,
    /// Their `host:port`, sorted.
    pub(crate) brokers: Vec<String>,
}

pub(crate) async fn metadata(port: u16) -> Metadata {
    let no_topics = 0_i32.to_be_bytes();
    let answer = ask(port, 3, 2, &no_topics).await;
    let mut rest = answer.as_slice();
    let mut brokers = Vec::new();
    for _ in 0..rest.read_i32().await.expect("a number of brokers") {
        let id = rest.read_i32().await.expect("a node ID");
        let host = read_string(&mut rest).await;
        let at = rest.read_i32().await.expect("a port");
        assert_eq!(
            rest.read_i16().await.expect("a rack"),
            -1,
            "no rack is known"
        );
        brokers.push((format!("{host}:{at}"), id));
    }
    let cluster_id = read_string(&mut rest).await;
    let controller = rest.read_i32().await.expect("a controller");
    let named = brokers.iter().find(|(_, id)| *id == controller);
    let controller = named.map(|(addr, _)| addr.clone());
    let mut brokers: Vec<_> = brokers.into_iter().map(|(addr, _)| addr).collect();
    brokers.sort();
    Metadata {
        cluster_id,
        controller,
        brokers,
    }
}

/// A client that asks who coordinates a group, and waits where nobody knows. What it asked first was
/// answered, so that its question has arrived.
pub(crate) async fn wait_for_coordinator(port: u16) -> TcpStream {
    let mut body = Vec::new();
    string(&mut body, "group");
    let frames = [frame(3, 2, &0_i32.to_be_bytes()), frame(10, 0, &body)].concat();
    let exchange = async {
        let mut stream = connect(port).await?;
        stream.write_all(&frames).await?;
        answer(&mut stream).await?;
        io::Result::Ok(stream)
    };
    let stream = timeout(PATIENCE, exchange).await;
    stream.expect("an answer").expect("a connection")
}

async fn ask(port: u16, api_key: i16, version: i16, body: &[u8]) -> Vec<u8> {
    let exchange = async {
        let mut stream = connect(port).await?;
        stream.write_all(&frame(api_key, version, body)).await?;
        answer(&mut stream).await
    };
    let answer = timeout(PATIENCE, exchange).await;
    answer.expect("an answer").expect("a connection")
}

fn frame(api_key: i16, version: i16, body: &[u8]) -> Vec<u8> {
    let mut frame = Vec::new();
    frame.extend(api_key.to_be_bytes());
    frame.extend(version.to_be_bytes());
    frame.extend(CORRELATION.to_be_bytes());
    string(&mut frame, "test");
    frame.extend(body);
    let length = i32::try_from(frame.len()).expect("a small frame");
    [&length.to_be_bytes()[..], &frame].concat()
}

/// The body of the next answer.
async fn answer(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let length = stream.read_i32().await?;
    assert_eq!(stream.read_i32().await?, CORRELATION);
    let mut body = vec![0; usize::try_from(length).expect("a length") - 4];
    stream.read_exact(&mut body).await?;
    Ok(body)
}

const CORRELATION: i32 = 7;

/// A port that is about to open may refuse for a moment.
pub(crate) async fn connect(port: u16) -> io::Result<TcpStream> {
    loop {
        match TcpStream::connect(("127.0.0.1", port)).await {
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            connected => return connected,
        }
    }
}

fn string(out: &mut Vec<u8>, text: &str) {
    out.extend(
        i16::try_from(text.len())
            .expect("a short text")
            .to_be_bytes(),
    );
    out.extend(text.as_bytes());
}

async fn read_string(from: &mut &[u8]) -> String {
    let length = from.read_i16().await.expect("a length");
    let (text, rest) = from.split_at(usize::try_from(length).expect("not null"));
    *from = rest;
    String::from_utf8(text.to_vec()).expect("UTF-8")
}
