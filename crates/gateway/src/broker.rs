use std::fmt;

use groupkeeper_types::{GatewayAddr, NodeId};

/// A gateway as Kafka clients see it: a number, and where to connect to it.
///
/// The address is taken apart once, so that an answer is written without looking at it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broker {
    node_id: NodeId,
    addr: GatewayAddr,
    host: Box<str>,
    port: u16,
}

impl Broker {
    /// The gateway at this address.
    pub fn new(node_id: NodeId, addr: GatewayAddr) -> Self {
        let (host, port) = (addr.host().into(), addr.port());
        Self {
            node_id,
            addr,
            host,
            port,
        }
    }

    /// Its number, 1 and up.
    pub const fn node_id(&self) -> NodeId {
        self.node_id
    }

    /// Its address, `host:port`.
    pub const fn addr(&self) -> &GatewayAddr {
        &self.addr
    }

    /// Where to connect to: at most 255 bytes, an IPv6 address without brackets.
    pub const fn host(&self) -> &str {
        &self.host
    }

    /// The port to connect to, 1 and up.
    pub const fn port(&self) -> u16 {
        self.port
    }
}

impl fmt::Display for Broker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.addr, self.node_id)
    }
}
