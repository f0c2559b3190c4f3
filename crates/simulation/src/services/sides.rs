use std::collections::BTreeMap;

use super::{Landing, LockServer, Store};
use crate::clock::Time;
use crate::event::{Pid, Ticket};

/// Which of the copies of the store that decide: numbered in the order in which they came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct SideId(u32);

/// A copy of the store that takes writes, and the lock beside it.
#[derive(Debug)]
pub(crate) struct Side {
    pub(crate) store: Store<Ticket>,
    pub(crate) lock: LockServer,
    /// From when to when it may decide.
    pub(crate) decides: (Time, Time),
}

impl Side {
    pub(crate) fn may_decide(&self, now: Time) -> bool {
        (self.decides.0..self.decides.1).contains(&now)
    }
}

/// The store and its lock: there is one of each, except while they are parted.
#[derive(Debug)]
pub(crate) struct Sides {
    sides: BTreeMap<SideId, Side>,
    lost: BTreeMap<SideId, Store<Ticket>>,
    last: SideId,
    /// On which side each process decides, if it leads: the one where its epoch began, or, where the
    /// store parted since, the one that it was left on.
    branches: BTreeMap<Pid, SideId>,
    pub(crate) parted: Option<Parted>,
    /// Until when a lease may be running that rests on a side that lost, though it decided to the end.
    pub(crate) doubt_until: Time,
    /// When a side was last lost.
    pub(crate) lost_at: Option<Time>,
}

/// Two sides that do not know of each other.
#[derive(Debug)]
pub(crate) struct Parted {
    /// The side that was there before, and a copy of it.
    pub(crate) sides: (SideId, SideId),
    /// What both had when they parted.
    pub(crate) base: Store<Ticket>,
    /// Which of them may decide in the end, where only one may.
    pub(crate) decider: Option<SideId>,
    /// The wires between gateways that were cut with it.
    pub(crate) wires: Vec<(usize, usize)>,
}

impl Sides {
    pub(crate) fn new(lock: LockServer) -> Self {
        let side = Side {
            store: Store::new(),
            lock,
            decides: (0, Time::MAX),
        };
        Self {
            sides: BTreeMap::from([(SideId::default(), side)]),
            lost: BTreeMap::new(),
            last: SideId::default(),
            branches: BTreeMap::new(),
            parted: None,
            doubt_until: 0,
            lost_at: None,
        }
    }

    pub(crate) fn get(&self, id: SideId) -> Option<&Side> {
        self.sides.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: SideId) -> Option<&mut Side> {
        self.sides.get_mut(&id)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (SideId, &Side)> {
        self.sides.iter().map(|(id, side)| (*id, side))
    }

    /// The oldest there is; the only one, unless they are parted.
    pub(crate) fn main(&self) -> SideId {
        self.sides.keys().next().copied().unwrap_or_default()
    }

    /// Makes a copy as of some moment.
    pub(crate) fn copy(&mut self, of: SideId, moment: Time, lock: LockServer) -> Option<SideId> {
        let store = self.sides.get(&of)?.store.as_of(moment);
        self.last = SideId(self.last.0 + 1);
        let side = Side {
            store,
            lock,
            decides: (0, Time::MAX),
        };
        self.sides.insert(self.last, side);
        Some(self.last)
    }

    /// Loses a side, with the writes that wait for it.
    pub(crate) fn lose(&mut self, id: SideId) -> Option<(Side, Vec<Landing<Ticket>>)> {
        let mut side = self.sides.remove(&id)?;
        let store = &mut side.store;
        let waiting = store.active.take().into_iter();
        let waiting = waiting.chain(store.waiting.drain(..)).collect();
        Some((side, waiting))
    }

    pub(crate) fn remember(&mut self, id: SideId, lost: Store<Ticket>) {
        self.lost.insert(id, lost);
    }

    /// What stands on a side, or stood there when it was lost.
    pub(crate) fn store(&self, id: SideId) -> Option<&Store<Ticket>> {
        let there = self.sides.get(&id).map(|side| &side.store);
        there.or_else(|| self.lost.get(&id))
    }

    /// Whether two sides have the same leader record.
    pub(crate) fn have_one_record(&self, one: SideId, other: SideId) -> bool {
        let record = |id| self.get(id).map(|side| &side.store.record);
        record(one) == record(other)
    }

    pub(crate) fn branch(&self, pid: Pid) -> SideId {
        self.branches.get(&pid).copied().unwrap_or_default()
    }

    /// A process decides on this side from now on, if it decides.
    pub(crate) fn set_branch(&mut self, pid: Pid, side: SideId) {
        self.branches.insert(pid, side);
    }

    /// Whether two gateways may act for one group now, each by a side of its own.
    pub(crate) fn in_doubt(&self, now: Time) -> bool {
        let parted = self.parted.as_ref();
        now < self.doubt_until || parted.is_some_and(|it| it.decider.is_none())
    }
}
