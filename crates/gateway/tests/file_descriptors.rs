//! What happens when the process has no file descriptor left for a client. The limit is the whole
//! process's, so this test has one of its own.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends at the first thing it did not expect"
)]

use std::fs::File;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::BytesMut;
use groupkeeper_gateway::{Cluster, ClusterId, FixedCoordinators, KafkaListener, Limits};
use kafka_protocol::messages::{ApiVersionsRequest, RequestHeader};
use kafka_protocol::protocol::Encodable;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// How many failures the log tells of: for each line, those before it that it held back.
    fn failures(&self) -> Vec<usize> {
        let bytes = self.0.lock().unwrap();
        let lines = str::from_utf8(&bytes).unwrap().lines();
        let failures = lines.filter(|line| line.contains("can't accept Kafka clients"));
        let held_back = |line: &str| line.split("held_back=").nth(1).unwrap().parse().unwrap();
        failures.map(held_back).collect()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

async fn is_answered(stream: &mut TcpStream) -> bool {
    let header = RequestHeader::default()
        .with_request_api_key(18)
        .with_correlation_id(5);
    let mut frame = BytesMut::new();
    header.encode(&mut frame, 1).unwrap();
    ApiVersionsRequest::default().encode(&mut frame, 0).unwrap();
    stream
        .write_u32(u32::try_from(frame.len()).unwrap())
        .await
        .unwrap();
    stream.write_all(&frame).await.unwrap();
    let length = stream.read_u32().await.unwrap();
    let mut answer = vec![0; usize::try_from(length).unwrap()];
    stream.read_exact(&mut answer).await.unwrap();
    answer.starts_with(&[0, 0, 0, 5])
}

#[tokio::test]
async fn without_file_descriptors_it_waits_and_goes_on() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let cluster_id = ClusterId::new("fleet").unwrap();
    let cluster = Cluster {
        cluster_id,
        controller: None,
        brokers: Vec::new(),
    };
    let coordinators = Arc::new(FixedCoordinators::new(cluster));
    let addr = "127.0.0.1:0".parse().unwrap();
    let listener = KafkaListener::bind(addr, Limits::default(), coordinators)
        .await
        .unwrap();
    let addr = listener.local_addr();
    let mut tasks = JoinSet::new();
    tasks.spawn(listener.serve(std::future::pending()));
    let mut early = TcpStream::connect(addr).await.unwrap();
    assert!(is_answered(&mut early).await);

    let before = getrlimit(Resource::Nofile);
    setrlimit(
        Resource::Nofile,
        Rlimit {
            current: Some(64),
            ..before
        },
    )
    .unwrap();
    let late = TcpSocket::new_v4().unwrap();
    let mut taken = Vec::new();
    while let Ok(file) = File::open("/dev/null") {
        taken.push(file);
    }
    // The system completes the connection; the listener has no descriptor to accept it with.
    let mut late = late.connect(addr).await.unwrap();
    while log.failures().len() < 2 {
        assert!(is_answered(&mut early).await, "who is connected is served");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    // Between two lines lies a second, and pauses of 10, 20, 40 ms and so on; a listener that spins
    // would have failed thousands of times.
    assert!(log.failures()[1] < 20, "{:?}", log.failures());
    drop(taken);
    setrlimit(Resource::Nofile, before).unwrap();
    assert!(is_answered(&mut late).await);
}
