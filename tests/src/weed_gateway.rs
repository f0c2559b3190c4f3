use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicU8, Ordering};

use groupkeeper_types::{GatewayAddr, Nonce};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::weed_ports::free_port;
use crate::weed_process::WeedProcess;
use crate::{WeedCluster, eventually};

/// SeaweedFS's own Kafka gateways on a cluster, with what they need besides: a broker, and
/// something that looks like a schema registry.
#[derive(Debug)]
pub struct GoGateways {
    gateways: Vec<(GatewayAddr, WeedProcess)>,
    broker: WeedProcess,
    registry_port: u16,
    /// Ends with this value.
    _registry: JoinSet<()>,
}

/// The port that each of them advertises, whatever it listens on.
const PORT: u16 = 9093;

impl GoGateways {
    /// Starts the broker and the registry, and no gateway yet.
    ///
    /// # Panics
    /// When no port is free.
    pub async fn start(cluster: &WeedCluster) -> Self {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
            .await
            .expect("a port");
        let registry_port = listener.local_addr().expect("an address").port();
        let mut registry = JoinSet::new();
        registry.spawn(async move {
            // One at a time: a gateway asks it once.
            while let Ok((stream, _)) = listener.accept().await {
                answer_with_no_schema(stream).await;
            }
        });
        let port = free_port();
        let broker = WeedProcess::start(
            &cluster.directory().join("broker.log"),
            &[
                "mq.broker".to_owned(),
                "-ip=127.0.0.1".to_owned(),
                format!("-port={port}"),
                format!("-master={}", cluster.master()),
            ],
        );
        connects(&format!("127.0.0.1:{port}"), &broker).await;
        Self {
            gateways: Vec::new(),
            broker,
            registry_port,
            _registry: registry,
        }
    }

    /// Starts a gateway on a loopback address of its own and waits until it takes connections.
    ///
    /// # Panics
    /// When it does not within a minute.
    pub async fn start_gateway(&mut self, cluster: &WeedCluster) -> GatewayAddr {
        self.start_gateway_at(cluster, self.free_address()).await
    }

    /// An address at which one of them could be started: a loopback address of its own.
    ///
    /// # Panics
    /// Never: it is an address.
    pub fn free_address(&self) -> GatewayAddr {
        GatewayAddr::new(&format!("{}:{PORT}", free_ip())).expect("an address")
    }

    /// Starts a gateway at this address, which must have the port that all of them advertise.
    ///
    /// # Panics
    /// When it does not take connections within a minute.
    pub async fn start_gateway_at(
        &mut self,
        cluster: &WeedCluster,
        addr: GatewayAddr,
    ) -> GatewayAddr {
        let ip = addr.host();
        let log = cluster.directory().join(format!("gateway-{ip}.log"));
        let process = WeedProcess::start(
            &log,
            &[
                "mq.kafka.gateway".to_owned(),
                format!("-ip={ip}"),
                format!("-port={PORT}"),
                format!("-master={}", cluster.master()),
                format!(
                    "-schema-registry-url=http://127.0.0.1:{}",
                    self.registry_port
                ),
            ],
        );
        connects(addr.as_str(), &process).await;
        self.gateways.push((addr.clone(), process));
        addr
    }

    /// Kills a gateway as a crash would.
    ///
    /// # Panics
    /// When there is none of this address.
    pub fn kill(&self, addr: &GatewayAddr) {
        self.process(addr).kill();
    }

    /// Asks a gateway to end.
    ///
    /// # Panics
    /// When there is none of this address.
    pub fn terminate(&self, addr: &GatewayAddr) {
        self.process(addr).terminate();
    }

    /// A gateway's process ID.
    ///
    /// # Panics
    /// When there is none of this address.
    pub fn process_id(&self, addr: &GatewayAddr) -> u32 {
        self.process(addr).process_id()
    }

    fn process(&self, addr: &GatewayAddr) -> &WeedProcess {
        let found = self.gateways.iter().find(|(known, _)| known == addr);
        found
            .map(|(_, process)| process)
            .expect("a gateway of this address")
    }
}

impl Drop for GoGateways {
    #[allow(clippy::print_stderr, reason = "shown with the test that failed")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            let gateways = self.gateways.iter().map(|(_, process)| process);
            for process in std::iter::once(&self.broker).chain(gateways) {
                eprintln!("{}", process.last_words());
            }
        }
    }
}

async fn connects(addr: &str, process: &WeedProcess) {
    eventually(
        &format!("{addr} takes connections\n{}", process.last_words()),
        async || TcpStream::connect(addr).await.ok(),
    )
    .await;
}

/// A loopback address on which the gateways' port is free.
fn free_ip() -> Ipv4Addr {
    static NEXT: AtomicU8 = AtomicU8::new(1);
    let [a, b, ..] = Nonce::random().get().to_be_bytes();
    loop {
        let ip = Ipv4Addr::new(127, a.max(1), b, NEXT.fetch_add(1, Ordering::SeqCst).max(1));
        if TcpListener::bind((ip, PORT)).is_ok() {
            return ip;
        }
    }
}

/// Whatever is asked, there is nothing.
async fn answer_with_no_schema(mut stream: TcpStream) {
    let mut request = [0; 4096];
    let answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\
        Connection: close\r\n\r\n[]";
    if stream.read(&mut request).await.is_ok() {
        // A gateway that is gone needs no answer.
        let _ = stream.write_all(answer).await;
        let _ = stream.shutdown().await;
    }
}
