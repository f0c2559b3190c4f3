use std::collections::BTreeMap;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use groupkeeper_types::Nonce;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// The wire between the parts of a fleet, which can be cut: every address that is advertised lies on
/// it, and what comes there is passed on to the real one on 127.0.0.1, at the same port.
///
/// A cut drops no connection and refuses none: bytes stop passing until it is mended, as packets do
/// that are sent again and again. Who a connection is from is told by the process that opened it.
#[derive(Debug)]
pub struct Wire {
    front: Ipv4Addr,
    shared: Arc<Shared>,
    tasks: JoinSet<()>,
}

/// Which of a gateway's packets are lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Those it sends, and those sent to it.
    Both,
    /// Those it sends.
    Sent,
    /// Those sent to it.
    Received,
}

/// A gateway on the wire: its process, and its port for gRPC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct End {
    pid: i32,
    port: u16,
}

/// Who is cut off, by its port for gRPC.
type Cuts = BTreeMap<u16, Cut>;

#[derive(Debug)]
struct Shared {
    ends: watch::Sender<Vec<End>>,
    cuts: watch::Sender<Cuts>,
}

impl Cut {
    const fn stops_sent(self) -> bool {
        matches!(self, Self::Both | Self::Sent)
    }

    const fn stops_received(self) -> bool {
        matches!(self, Self::Both | Self::Received)
    }
}

impl Wire {
    /// One without anybody on it, at a loopback address of its own.
    pub(super) fn new() -> Self {
        let [a, b, c, ..] = Nonce::random().get().to_be_bytes();
        let within = |byte: u8| byte.clamp(1, 254);
        Self {
            front: Ipv4Addr::new(127, within(a), within(b), within(c)),
            shared: Arc::new(Shared {
                ends: watch::Sender::new(Vec::new()),
                cuts: watch::Sender::new(BTreeMap::new()),
            }),
            tasks: JoinSet::new(),
        }
    }

    /// The host under which everybody is reached.
    pub(super) fn front(&self) -> Ipv4Addr {
        self.front
    }

    /// Passes on what comes to a port.
    ///
    /// # Panics
    /// When the port is taken.
    pub(super) async fn open(&mut self, port: u16) {
        let listener = TcpListener::bind((self.front, port)).await;
        let listener = listener.expect("the wire's address is its own");
        self.tasks
            .spawn(accept(listener, port, Arc::clone(&self.shared)));
    }

    /// Says which process is the gateway with this gRPC port, from now on.
    pub(super) fn attach(&self, pid: i32, port: u16) {
        self.shared.ends.send_modify(|ends| {
            ends.retain(|end| end.port != port);
            ends.push(End { pid, port });
        });
    }

    /// Cuts a gateway off; `None` mends it.
    pub(super) fn cut(&self, port: u16, cut: Option<Cut>) {
        self.shared.cuts.send_modify(|cuts| {
            cuts.remove(&port);
            cuts.extend(cut.map(|cut| (port, cut)));
        });
    }
}

async fn accept(listener: TcpListener, port: u16, shared: Arc<Shared>) {
    // All end with this task.
    let mut connections = JoinSet::new();
    while let Ok((stream, from)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        let shared = Arc::clone(&shared);
        connections.spawn(async move {
            let client = client(&shared, from).await;
            let ends = shared.ends.borrow().clone();
            let server = ends.iter().find(|end| end.port == port).map(|end| end.port);
            // Nobody is connected without packets in both directions.
            let mut cuts = shared.cuts.subscribe();
            let both = |cuts: &Cuts| passes(cuts, client, server) && passes(cuts, server, client);
            if cuts.wait_for(both).await.is_err() {
                return;
            }
            let Ok(target) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await else {
                return;
            };
            // Small messages are not to wait for each other.
            let _ = (stream.set_nodelay(true), target.set_nodelay(true));
            let (from_client, to_client) = stream.into_split();
            let (from_server, to_server) = target.into_split();
            tokio::join!(
                pass(
                    from_client,
                    to_server,
                    client,
                    server,
                    shared.cuts.subscribe()
                ),
                pass(
                    from_server,
                    to_client,
                    server,
                    client,
                    shared.cuts.subscribe()
                ),
            );
        });
    }
}

/// The gateway that a connection comes from, if it is one's.
///
/// The system's table of sockets may lack an entry while others come and go, and a process may be
/// quicker than whoever started it; so it is looked up a few times.
async fn client(shared: &Shared, from: SocketAddr) -> Option<u16> {
    for _ in 0..6 {
        let ends = shared.ends.borrow().clone();
        if let Some(end) = ends.iter().find(|end| opened(end.pid, from)) {
            return Some(end.port);
        }
        sleep(Duration::from_millis(5)).await;
    }
    None
}

/// Whether packets from one end get to the other.
fn passes(cuts: &Cuts, sender: Option<u16>, receiver: Option<u16>) -> bool {
    let cut = |end: Option<u16>| end.and_then(|port| cuts.get(&port));
    !cut(sender).is_some_and(|cut| cut.stops_sent())
        && !cut(receiver).is_some_and(|cut| cut.stops_received())
}

/// Passes bytes on from one end to the other while no cut is between them.
async fn pass(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    sender: Option<u16>,
    receiver: Option<u16>,
    mut cuts: watch::Receiver<Cuts>,
) {
    let passes = |cuts: &Cuts| passes(cuts, sender, receiver);
    let mut bytes = vec![0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        // The end of a connection is as a packet: it does not pass either.
        if cuts.wait_for(passes).await.is_err() || to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
    if cuts.wait_for(passes).await.is_ok() {
        // Nobody may be there any more.
        let _ = to.shutdown().await;
    }
}

/// Whether a process has opened the connection that comes from this address.
fn opened(pid: i32, from: SocketAddr) -> bool {
    let Some(inode) = inode(pid, from) else {
        return false;
    };
    let socket = format!("socket:[{inode}]");
    let Ok(open) = fs::read_dir(format!("/proc/{pid}/fd")) else {
        return false;
    };
    open.flatten()
        .filter_map(|entry| fs::read_link(entry.path()).ok())
        .any(|link| link.as_os_str() == socket.as_str())
}

/// The socket at this address, as the system numbers it.
fn inode(pid: i32, at: SocketAddr) -> Option<String> {
    let SocketAddr::V4(at) = at else { return None };
    let wanted = format!(
        "{:08X}:{:04X}",
        u32::from_le_bytes(at.ip().octets()),
        at.port()
    );
    let table = fs::read_to_string(format!("/proc/{pid}/net/tcp")).ok()?;
    table.lines().skip(1).find_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        (*fields.get(1)? == wanted).then(|| fields.get(9).map(|inode| (*inode).to_owned()))?
    })
}
