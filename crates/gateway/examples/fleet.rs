//! A fleet of listeners in one process, to try Kafka clients with: each address given is a gateway.
//!
//! `cargo run -p groupkeeper-gateway --example fleet -- 127.0.0.1:19092 127.0.0.1:19093`
//!
//! A group whose name starts with `unknown` has no coordinator, one that starts with `slow` takes
//! 300 ms to find; the others are spread over the gateways by the sum of their bytes.

#![allow(clippy::print_stdout, reason = "it tells people where to connect")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use groupkeeper_gateway::{
    Answer, Broker, Cluster, ClusterId, Coordinators, KafkaListener, Lease, LimitSettings, Limits,
    Look,
};
use groupkeeper_registry::NotOwner;
use groupkeeper_types::{GatewayAddr, GroupName, NodeId};
use tokio::task::JoinSet;

#[derive(Debug)]
struct Fleet(Arc<Cluster>);

impl Fleet {
    fn place(&self, group: &str) -> Answer<&Broker> {
        let sum: usize = group.bytes().map(usize::from).sum();
        let brokers = &self.0.brokers;
        brokers
            .get(sum % brokers.len())
            .map_or(Answer::Unknown, |b| Answer::At(b))
    }
}

impl Look for &Fleet {
    fn known(&self, group: &str) -> Option<Answer<&Broker>> {
        match group {
            _ if group.starts_with("unknown") => Some(Answer::Unknown),
            _ if group.starts_with("slow") => None,
            _ => Some(self.place(group)),
        }
    }
}

#[async_trait]
impl Coordinators for Fleet {
    fn look(&self) -> Box<dyn Look + '_> {
        Box::new(self)
    }

    async fn find(&self, group: &GroupName) -> Answer {
        tokio::time::sleep(Duration::from_millis(300)).await;
        match self.place(group.as_str()) {
            Answer::At(broker) => Answer::At(Arc::new(broker.clone())),
            Answer::Unknown => Answer::Unknown,
        }
    }

    async fn claim(&self, _group: &GroupName) -> Result<Arc<dyn Lease>, NotOwner> {
        let why = "nobody leases groups in this example".to_owned();
        Err(NotOwner::NotAvailable { why })
    }

    fn cluster(&self) -> Arc<Cluster> {
        self.0.clone()
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .init();
    let mut brokers = Vec::new();
    for (node_id, addr) in (1..).zip(std::env::args().skip(1)) {
        let addr = GatewayAddr::new(&addr)?;
        brokers.push(Arc::new(Broker::new(NodeId::new(node_id)?, addr)));
    }
    let controller = brokers.first().map(|broker| broker.node_id());
    let addrs: Vec<String> = brokers
        .iter()
        .map(|broker| broker.addr().to_string())
        .collect();
    let cluster = Cluster {
        cluster_id: ClusterId::new("example")?,
        controller,
        brokers,
    };
    let coordinators = Arc::new(Fleet(Arc::new(cluster)));
    let mut gateways = JoinSet::new();
    for addr in addrs {
        let addr: SocketAddr = addr.parse()?;
        let limits = Limits::new(LimitSettings {
            connections: 1000,
            ..LimitSettings::default()
        })?;
        let listener = KafkaListener::bind(addr, limits, coordinators.clone()).await?;
        println!("listening on {}", listener.local_addr());
        let stop = async { _ = tokio::signal::ctrl_c().await };
        gateways.spawn(listener.serve(stop));
    }
    while let Some(gateway) = gateways.join_next().await {
        gateway?;
    }
    Ok(())
}
