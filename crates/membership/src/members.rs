use std::time::Duration;

use groupkeeper_types::{GatewayAddr, Incarnation, Moment};

use crate::member::Standing;
use crate::table::Table;
use crate::{Member, MembersFull};

/// The gateways that may be acting, each until its deadline.
///
/// A member whose deadline has passed is not alive any more, and stays in the table, with its node
/// ID, until [`expire`](Self::expire) takes it out: call that first with every new `now`. A deadline
/// never moves back, not even when `now` does.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Members {
    pub(crate) lease: Duration,
    max: usize,
    version: u64,
    pub(crate) table: Table,
}

impl Members {
    /// The most members where nothing else is said.
    pub const MAX: usize = groupkeeper_types::MAX_GATEWAYS;

    /// Nobody, yet. Each heartbeat counts for `lease`: as the one who waits counts it, so with the
    /// margins for the drift of clocks included.
    pub fn new(lease: Duration) -> Self {
        Self {
            lease,
            max: Self::MAX,
            version: 0,
            table: Table::default(),
        }
    }

    /// The same with another limit to the number of members. Those that are in stay in.
    #[must_use]
    pub fn with_max(mut self, max: usize) -> Self {
        self.max = max;
        self
    }

    /// A gateway has gone, and acts no more: the member as it was, `None` where there was none.
    ///
    /// Where an earlier process at the address may still be acting, the address stays a member that
    /// nobody has joined, until that process's lease is over.
    pub fn deregister(&mut self, addr: &GatewayAddr) -> Option<Member> {
        let member = self.table.get(addr)?.clone();
        if let Some(settled) = member.settles_at {
            let node_id = member.node_id;
            let mut address = Member::new(addr.clone(), node_id, Standing::Named, settled);
            address.unsettle(settled);
            self.put(address);
        } else {
            self.table.remove(addr);
            self.changed();
        }
        Some(member)
    }

    /// Like [`deregister`](Self::deregister), if this process is the one that is known there: one
    /// that was replaced does not take its successor along.
    pub fn deregister_process(
        &mut self,
        addr: &GatewayAddr,
        incarnation: Incarnation,
    ) -> Option<Member> {
        let known = self.table.get(addr)?.incarnation();
        if known == Some(incarnation) {
            self.deregister(addr)
        } else {
            None
        }
    }

    /// Marks a member as draining, or no longer so; whether there is one at this address. The mark
    /// is the process's: one that takes its place starts without.
    pub fn set_draining(&mut self, addr: &GatewayAddr, draining: bool) -> bool {
        let Some(member) = self.table.get(addr) else {
            return false;
        };
        let member = Member {
            draining,
            ..member.clone()
        };
        self.put(member);
        true
    }

    /// Takes out those whose deadline has passed, in the order of their deadlines and then of their
    /// addresses, and settles those whose earlier processes are gone.
    pub fn expire(&mut self, now: Moment) -> Vec<Member> {
        let gone: Vec<Member> = std::iter::from_fn(|| self.table.pop_expired(now)).collect();
        if !gone.is_empty() {
            self.changed();
        }
        while let Some(member) = self.table.next_settled(now) {
            let member = Member {
                settles_at: None,
                ..member.clone()
            };
            self.put(member);
        }
        gone
    }

    /// Lets those that have not joined live until then, if they would be gone by now: nobody could
    /// have told them where to join. Comes before [`expire`](Self::expire).
    pub fn spare_unjoined(&mut self, now: Moment, until: Moment) {
        for mut member in self.table.expired(now) {
            if !member.joined() && now < until {
                member.extend(until);
                self.put(member);
            }
        }
    }

    /// When [`expire`](Self::expire) has something to do next, unless somebody is heard of before;
    /// `None` when there are no members.
    pub fn next_deadline(&self) -> Option<Moment> {
        self.table.next_deadline()
    }

    /// When the first of them is gone, unless it is heard of before; `None` when there are no members.
    pub fn next_expiry(&self) -> Option<Moment> {
        self.table.next_expiry()
    }

    /// Those that are alive at this moment, joined or not, sorted by address.
    pub fn healthy(&self, now: Moment) -> impl Iterator<Item = &Member> {
        self.table.iter().filter(move |member| member.is_alive(now))
    }

    /// Those that may be given groups at this moment, sorted by address; see
    /// [`Member::is_placeable`].
    pub fn placeable(&self, now: Moment) -> impl Iterator<Item = &Member> {
        self.table
            .iter()
            .filter(move |member| member.is_placeable(now))
    }

    /// All of them, their deadlines passed or not, sorted by address.
    pub fn iter(&self) -> impl Iterator<Item = &Member> {
        self.table.iter()
    }

    /// The member at this address, its deadline passed or not.
    pub fn get(&self, addr: &GatewayAddr) -> Option<&Member> {
        self.table.get(addr)
    }

    /// How many there are, those included whose deadline has passed.
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Grows with every change but that of a deadline: when somebody joins, leaves, is replaced,
    /// drains or settles. What passes with time alone counts once [`expire`](Self::expire) has seen
    /// it.
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// Writes a member, and counts it as a change unless it only lives longer.
    pub(crate) fn put(&mut self, member: Member) {
        let lives_on = |old: &Member| {
            Member {
                deadline: member.deadline,
                ..old.clone()
            } == member
        };
        let changes = !self.table.get(&member.addr).is_some_and(lives_on);
        self.table.put(member);
        if changes {
            self.changed();
        }
    }

    pub(crate) fn check_room(&self, addr: &GatewayAddr) -> Result<(), MembersFull> {
        if self.len() < self.max || self.table.get(addr).is_some() {
            Ok(())
        } else {
            Err(MembersFull {
                addr: addr.clone(),
                max: self.max,
            })
        }
    }

    fn changed(&mut self) {
        self.version = self.version.saturating_add(1);
    }
}
