//! How many FindCoordinator requests a second one listener answers, and how long one takes.
//!
//! `cargo run --release -p groupkeeper-gateway --example load -- CONNECTIONS DEPTH SECONDS`
//!
//! Each connection sends DEPTH requests (version 6, one group that is known to be unknown, as polling
//! clients do) in one write and waits for all their answers. Clients and listener share the machine.

#![allow(clippy::print_stdout, reason = "it tells people what it measured")]

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use groupkeeper_gateway::{
    Answer, Broker, Cluster, ClusterId, Coordinators, KafkaListener, Lease, LimitSettings, Limits,
    Look,
};
use groupkeeper_registry::NotOwner;
use groupkeeper_types::GroupName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::Instant;

#[derive(Debug)]
struct Nobody(Arc<Cluster>);

impl Look for &Nobody {
    fn known(&self, _group: &str) -> Option<Answer<&Broker>> {
        Some(Answer::Unknown)
    }
}

#[async_trait]
impl Coordinators for Nobody {
    fn look(&self) -> Box<dyn Look + '_> {
        Box::new(self)
    }

    async fn find(&self, _group: &GroupName) -> Answer {
        Answer::Unknown
    }

    async fn claim(&self, _group: &GroupName) -> Result<Arc<dyn Lease>, NotOwner> {
        let why = "nobody leases groups in this example".to_owned();
        Err(NotOwner::NotAvailable { why })
    }

    fn cluster(&self) -> Arc<Cluster> {
        self.0.clone()
    }
}

/// FindCoordinator version 6 for one group, with its length.
fn request() -> Vec<u8> {
    let mut frame = vec![0, 10, 0, 6, 0, 0, 0, 1, 0, 4, b'l', b'o', b'a', b'd', 0];
    frame.extend_from_slice(&[0, 2, 13]);
    frame.extend_from_slice(b"orders-group");
    frame.push(0);
    let length = u32::try_from(frame.len()).unwrap_or(0);
    [&length.to_be_bytes()[..], &frame].concat()
}

async fn client(
    mut stream: TcpStream,
    depth: usize,
    until: Instant,
) -> std::io::Result<Vec<Duration>> {
    stream.set_nodelay(true)?;
    let requests = request().repeat(depth);
    stream.write_all(&request()).await?;
    let length = usize::try_from(stream.read_u32().await?).unwrap_or(0);
    let mut answers = vec![0; length];
    stream.read_exact(&mut answers).await?;
    answers.resize((length + 4) * depth, 0);
    let mut rounds = Vec::new();
    while Instant::now() < until {
        let sent = Instant::now();
        stream.write_all(&requests).await?;
        stream.read_exact(&mut answers).await?;
        rounds.push(sent.elapsed());
    }
    Ok(rounds)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = |default: &str| arguments.next().unwrap_or_else(|| default.to_owned());
    let (connections, depth): (usize, usize) = (next("50").parse()?, next("1").parse()?);
    let seconds: u64 = next("3").parse()?;

    let cluster_id = ClusterId::new("load")?;
    let cluster = Cluster {
        cluster_id,
        controller: None,
        brokers: Vec::new(),
    };
    let limits = Limits::new(LimitSettings {
        connections,
        ..LimitSettings::default()
    })?;
    let coordinators = Arc::new(Nobody(Arc::new(cluster)));
    let listener = KafkaListener::bind("127.0.0.1:0".parse()?, limits, coordinators).await?;
    let addr = listener.local_addr();
    let mut server = JoinSet::new();
    server.spawn(listener.serve(std::future::pending()));

    let until = Instant::now() + Duration::from_secs(seconds);
    let mut clients = JoinSet::new();
    for _ in 0..connections {
        clients.spawn(client(TcpStream::connect(addr).await?, depth, until));
    }
    let mut rounds = Vec::new();
    while let Some(client) = clients.join_next().await {
        rounds.extend(client??);
    }
    rounds.sort_unstable();
    let at = |part: usize| {
        rounds
            .get(rounds.len() * part / 1000)
            .copied()
            .unwrap_or_default()
    };
    let rate = rounds.len() * depth / usize::try_from(seconds)?;
    println!(
        "{connections} connections, {depth} at a time: {rate} answers a second, \
         p50 {:?}, p99 {:?}, p99.9 {:?}",
        at(500),
        at(990),
        at(999)
    );
    Ok(())
}
