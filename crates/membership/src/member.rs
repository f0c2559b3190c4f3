use groupkeeper_types::{GatewayAddr, Incarnation, Moment, NodeId, RpcAddr};

use crate::Gateway;

/// A gateway that may be acting.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Member {
    /// Where Kafka clients reach it.
    pub addr: GatewayAddr,
    /// Its broker number.
    pub node_id: NodeId,
    /// Whether it is to lose its groups and get no new ones.
    pub draining: bool,
    pub(crate) deadline: Moment,
    /// Never later than the deadline.
    pub(crate) settles_at: Option<Moment>,
    pub(crate) standing: Standing,
    /// The process that the present one has replaced.
    pub(crate) predecessor: Option<Incarnation>,
}

/// How much is known of a member.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Standing {
    /// It has shown itself.
    Joined(Process),
    /// It stood in the store, and has not shown itself yet.
    Inherited(Process),
    /// Only its address is known: something in the store names it.
    Named,
}

/// Which process it is, and where other gateways reach it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Process {
    pub(crate) incarnation: Incarnation,
    pub(crate) rpc: RpcAddr,
}

impl Member {
    pub(crate) fn new(
        addr: GatewayAddr,
        node_id: NodeId,
        standing: Standing,
        deadline: Moment,
    ) -> Self {
        Self {
            addr,
            node_id,
            draining: false,
            deadline,
            settles_at: None,
            standing,
            predecessor: None,
        }
    }

    /// Whether it has shown itself, and is not only inherited.
    pub const fn joined(&self) -> bool {
        matches!(self.standing, Standing::Joined(_))
    }

    /// Which process it is; `None` while only its address is known.
    pub fn incarnation(&self) -> Option<Incarnation> {
        self.process().map(|process| process.incarnation)
    }

    /// Where other gateways reach it; `None` while only its address is known.
    pub fn rpc(&self) -> Option<&RpcAddr> {
        self.process().map(|process| &process.rpc)
    }

    /// It is alive before this moment, and gone from it on.
    pub const fn deadline(&self) -> Moment {
        self.deadline
    }

    /// Until when an earlier process at this address may still be acting; `None` where none can.
    pub const fn settles_at(&self) -> Option<Moment> {
        self.settles_at
    }

    /// Whether it may be acting at this moment.
    pub fn is_alive(&self, now: Moment) -> bool {
        now < self.deadline
    }

    /// Whether it may be given groups at this moment: it is alive, has joined, does not drain, and
    /// no earlier process at its address can still be acting.
    pub fn is_placeable(&self, now: Moment) -> bool {
        self.is_alive(now)
            && self.joined()
            && !self.draining
            && self.settles_at.is_none_or(|settled| settled <= now)
    }

    pub(crate) const fn process(&self) -> Option<&Process> {
        match &self.standing {
            Standing::Joined(process) | Standing::Inherited(process) => Some(process),
            Standing::Named => None,
        }
    }

    /// Alive at least until then.
    pub(crate) fn extend(&mut self, until: Moment) {
        self.deadline = self.deadline.max(until);
    }

    /// Not settled before then, and so not gone before then.
    pub(crate) fn unsettle(&mut self, until: Moment) {
        self.settles_at = self.settles_at.max(Some(until));
        self.extend(until);
    }
}

impl From<Gateway> for Process {
    fn from(gateway: Gateway) -> Self {
        Self {
            incarnation: gateway.incarnation,
            rpc: gateway.rpc,
        }
    }
}
