use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use groupkeeper_types::mutation::{self, Mutation};
use groupkeeper_types::{GatewayAddr, Moment, NodeId};

use crate::Member;

/// The members, and what finds them by time and by node ID. A member is never changed in place, so
/// the indices can't fall behind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Table {
    members: BTreeMap<GatewayAddr, Member>,
    deadlines: BTreeSet<(Moment, GatewayAddr)>,
    settling: BTreeSet<(Moment, GatewayAddr)>,
    /// Who has a node ID: of those that have joined at most one, and with them those that the store
    /// names; not those of which only the address is known, since they may not exist.
    node_ids: BTreeMap<NodeId, BTreeSet<GatewayAddr>>,
}

impl Table {
    pub(crate) fn get(&self, addr: &GatewayAddr) -> Option<&Member> {
        self.members.get(addr)
    }

    /// Sorted by address.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Member> {
        self.members.values()
    }

    pub(crate) fn len(&self) -> usize {
        self.members.len()
    }

    /// Who keeps `addr` from joining with this node ID. Who has the ID already, since it stood in
    /// the store, yields only to one that has joined.
    pub(crate) fn rival(&self, addr: &GatewayAddr, node_id: NodeId) -> Option<&GatewayAddr> {
        let holders = self.node_ids.get(&node_id)?;
        if mutation::is_on(Mutation::NodeIdClash) {
            return None;
        }
        let has_it = holders.contains(addr);
        let joined = |holder: &GatewayAddr| self.members.get(holder).is_some_and(Member::joined);
        holders
            .iter()
            .find(|holder| *holder != addr && (!has_it || joined(holder)))
    }

    /// Writes a member over the one at its address.
    pub(crate) fn put(&mut self, member: Member) {
        self.remove(&member.addr);
        let addr = &member.addr;
        self.deadlines.insert((member.deadline, addr.clone()));
        if let Some(settled) = member.settles_at {
            self.settling.insert((settled, addr.clone()));
        }
        if member.process().is_some() {
            self.node_ids
                .entry(member.node_id)
                .or_default()
                .insert(addr.clone());
        }
        self.members.insert(addr.clone(), member);
    }

    pub(crate) fn remove(&mut self, addr: &GatewayAddr) -> Option<Member> {
        let member = self.members.remove(addr)?;
        self.deadlines.remove(&(member.deadline, addr.clone()));
        if let Some(settled) = member.settles_at {
            self.settling.remove(&(settled, addr.clone()));
        }
        if let Entry::Occupied(mut holders) = self.node_ids.entry(member.node_id) {
            holders.get_mut().remove(addr);
            if holders.get().is_empty() {
                holders.remove();
            }
        }
        Some(member)
    }

    /// The first moment at which a member is gone, or has settled.
    pub(crate) fn next_deadline(&self) -> Option<Moment> {
        let first = |index: &BTreeSet<(Moment, GatewayAddr)>| index.first().map(|(at, _)| *at);
        [first(&self.deadlines), first(&self.settling)]
            .into_iter()
            .flatten()
            .min()
    }

    /// The first moment at which a member is gone.
    pub(crate) fn next_expiry(&self) -> Option<Moment> {
        self.deadlines.first().map(|(at, _)| *at)
    }

    /// Those whose deadline has passed.
    pub(crate) fn expired(&self, now: Moment) -> Vec<Member> {
        let due = self.deadlines.iter().take_while(|(at, _)| *at <= now);
        due.filter_map(|(_, addr)| self.get(addr).cloned())
            .collect()
    }

    /// Takes out the first of those whose deadline has passed.
    pub(crate) fn pop_expired(&mut self, now: Moment) -> Option<Member> {
        let addr = due(&self.deadlines, now)?;
        self.remove(&addr)
    }

    /// The first of those whose earlier processes are gone by now.
    pub(crate) fn next_settled(&self, now: Moment) -> Option<&Member> {
        self.get(&due(&self.settling, now)?)
    }
}

fn due(index: &BTreeSet<(Moment, GatewayAddr)>, now: Moment) -> Option<GatewayAddr> {
    index
        .first()
        .filter(|(at, _)| *at <= now)
        .map(|(_, addr)| addr.clone())
}
