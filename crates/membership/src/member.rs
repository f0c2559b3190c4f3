use groupkeeper_types::{GatewayAddr, Incarnation, Moment, NodeId, RpcAddr};

/// A gateway that is alive, or taken as alive.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Member {
    /// Where Kafka clients reach it.
    pub addr: GatewayAddr,
    /// Its number in Kafka's protocol.
    pub node_id: NodeId,
    /// Whether its groups are being moved away.
    pub draining: bool,
    pub(crate) process: Option<(Incarnation, RpcAddr)>,
    pub(crate) joined: bool,
    pub(crate) deadline: Moment,
}

impl Member {
    /// Whether it has said itself that it is alive; otherwise somebody before knew it.
    pub const fn joined(&self) -> bool {
        self.joined
    }

    /// Which process it is; `None` where only its address is known.
    pub fn incarnation(&self) -> Option<Incarnation> {
        self.process.as_ref().map(|(incarnation, _)| *incarnation)
    }

    /// Where other gateways reach it; `None` where only its Kafka address is known.
    pub fn rpc(&self) -> Option<&RpcAddr> {
        self.process.as_ref().map(|(_, rpc)| rpc)
    }

    /// From this moment on it is taken for gone.
    pub const fn deadline(&self) -> Moment {
        self.deadline
    }
}
