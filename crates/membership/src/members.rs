use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use groupkeeper_types::{GatewayAddr, Moment, NodeId};

use crate::{Gateway, Member, MembershipError};

/// The gateways that are alive, by their address.
///
/// Each has a deadline, which a heartbeat moves; [`expire`](Self::expire) takes out those whose
/// deadline has come, from an index ordered by deadlines, without looking at the others.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Members {
    lease: Duration,
    by_addr: BTreeMap<GatewayAddr, Member>,
    by_node_id: BTreeMap<NodeId, GatewayAddr>,
    by_deadline: BTreeSet<(Moment, GatewayAddr)>,
    version: u64,
}

impl Members {
    /// The most gateways of one fleet.
    pub const MAX: usize = 100_000;

    /// Nobody, yet. A gateway lives for `lease` after each heartbeat.
    pub const fn new(lease: Duration) -> Self {
        Self {
            lease,
            by_addr: BTreeMap::new(),
            by_node_id: BTreeMap::new(),
            by_deadline: BTreeSet::new(),
            version: 0,
        }
    }

    /// A process says its first words. It takes the place of an earlier process at its address.
    ///
    /// # Errors
    /// When its node ID is another gateway's, or there is no room.
    pub fn register(&mut self, gateway: Gateway, now: Moment) -> Result<(), MembershipError> {
        self.check(&gateway.addr, gateway.node_id)?;
        self.join(gateway, now);
        Ok(())
    }

    /// A process is alive. An unknown gateway joins.
    ///
    /// # Errors
    /// As [`register`](Self::register), and when another process at its address is known.
    pub fn heartbeat(&mut self, gateway: Gateway, now: Moment) -> Result<(), MembershipError> {
        self.check(&gateway.addr, gateway.node_id)?;
        let known = self
            .by_addr
            .get(&gateway.addr)
            .and_then(Member::incarnation);
        if known.is_some_and(|known| known != gateway.incarnation) {
            return Err(MembershipError::Superseded { addr: gateway.addr });
        }
        self.join(gateway, now);
        Ok(())
    }

    /// Somebody before knew this gateway: it is taken as alive until then. One that has joined is
    /// left as it is.
    ///
    /// # Errors
    /// As [`register`](Self::register).
    pub fn inherit(&mut self, gateway: Gateway, until: Moment) -> Result<(), MembershipError> {
        let Gateway {
            addr,
            node_id,
            incarnation,
            rpc,
        } = gateway;
        self.inherit_as(addr, node_id, Some((incarnation, rpc)), until)
    }

    /// The same for a gateway of which only the address is known.
    ///
    /// # Errors
    /// As [`register`](Self::register).
    pub fn inherit_named(
        &mut self,
        addr: GatewayAddr,
        node_id: NodeId,
        until: Moment,
    ) -> Result<(), MembershipError> {
        self.inherit_as(addr, node_id, None, until)
    }

    /// Takes a gateway out; `None` when it is not in.
    pub fn deregister(&mut self, addr: &GatewayAddr) -> Option<Member> {
        let member = self.by_addr.remove(addr)?;
        self.by_node_id.remove(&member.node_id);
        self.by_deadline
            .remove(&(member.deadline, member.addr.clone()));
        self.version += 1;
        Some(member)
    }

    /// Marks a gateway as one whose groups are moved away. Nothing happens when it is not in.
    pub fn set_draining(&mut self, addr: &GatewayAddr, draining: bool) {
        if let Some(member) = self.by_addr.get_mut(addr)
            && member.draining != draining
        {
            member.draining = draining;
            self.version += 1;
        }
    }

    /// Takes out those whose deadline has come, the longest silent first.
    pub fn expire(&mut self, now: Moment) -> Vec<Member> {
        let mut gone = Vec::new();
        while let Some((deadline, addr)) = self.by_deadline.first()
            && *deadline <= now
        {
            let addr = addr.clone();
            gone.extend(self.deregister(&addr));
        }
        gone
    }

    /// When the next gateway's deadline comes, unless it is heard of.
    pub fn next_deadline(&self) -> Option<Moment> {
        self.by_deadline.first().map(|(deadline, _)| *deadline)
    }

    /// A gateway, while it is in; its deadline may have come.
    pub fn get(&self, addr: &GatewayAddr) -> Option<&Member> {
        self.by_addr.get(addr)
    }

    /// Those whose deadline has not come, sorted by address.
    pub fn healthy(&self, now: Moment) -> impl Iterator<Item = &Member> {
        self.by_addr
            .values()
            .filter(move |member| now < member.deadline)
    }

    /// Those that may be given groups: healthy, heard of, and not draining.
    pub fn placeable(&self, now: Moment) -> impl Iterator<Item = &Member> {
        self.healthy(now)
            .filter(|member| member.joined && !member.draining)
    }

    /// How many are in.
    pub fn len(&self) -> usize {
        self.by_addr.len()
    }

    /// Whether nobody is in.
    pub fn is_empty(&self) -> bool {
        self.by_addr.is_empty()
    }

    /// Grows whenever somebody enters, leaves, or changes other than by a heartbeat.
    pub const fn version(&self) -> u64 {
        self.version
    }

    fn check(&self, addr: &GatewayAddr, node_id: NodeId) -> Result<(), MembershipError> {
        if let Some(other) = self.by_node_id.get(&node_id)
            && other != addr
        {
            let (addr, other) = (addr.clone(), other.clone());
            return Err(MembershipError::NodeIdTaken {
                addr,
                other,
                node_id,
            });
        }
        if self.by_addr.len() >= Self::MAX && !self.by_addr.contains_key(addr) {
            return Err(MembershipError::Full { max: Self::MAX });
        }
        Ok(())
    }

    fn join(&mut self, gateway: Gateway, now: Moment) {
        let Gateway {
            addr,
            node_id,
            incarnation,
            rpc,
        } = gateway;
        let known = self.by_addr.get(&addr);
        let process = Some((incarnation, rpc));
        // A drain belongs to the process that asked for it.
        let same = known.is_some_and(|known| known.process == process);
        let draining = same && known.is_some_and(|known| known.draining);
        let deadline = now + self.lease;
        self.put(Member {
            addr,
            node_id,
            draining,
            process,
            joined: true,
            deadline,
        });
    }

    fn inherit_as(
        &mut self,
        addr: GatewayAddr,
        node_id: NodeId,
        process: Option<(groupkeeper_types::Incarnation, groupkeeper_types::RpcAddr)>,
        until: Moment,
    ) -> Result<(), MembershipError> {
        self.check(&addr, node_id)?;
        let known = self.by_addr.get(&addr);
        let knows_more =
            |known: &Member| known.joined || (known.process.is_some() && process.is_none());
        if !known.is_some_and(knows_more) {
            let (draining, joined) = (false, false);
            self.put(Member {
                addr,
                node_id,
                draining,
                process,
                joined,
                deadline: until,
            });
        }
        Ok(())
    }

    fn put(&mut self, member: Member) {
        let entry = (member.deadline, member.addr.clone());
        self.by_node_id.insert(member.node_id, member.addr.clone());
        let heartbeat_only = self.by_addr.get(&member.addr).is_some_and(|known| {
            (known.joined, known.draining, &known.process)
                == (member.joined, member.draining, &member.process)
        });
        if let Some(known) = self.by_addr.insert(member.addr.clone(), member) {
            self.by_deadline.remove(&(known.deadline, known.addr));
        }
        self.by_deadline.insert(entry);
        self.version += u64::from(!heartbeat_only);
    }
}
