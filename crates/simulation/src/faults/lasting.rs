//! A fault that stays with one gateway when all others are over: the rest of the fleet is well all the same.

use super::Kind;
use crate::world::{World, trace};

/// What one gateway can't do, for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lasting {
    /// It does not reach the store.
    NoStore,
    /// It does not reach the lock service.
    NoLock,
    /// It hears no other gateway.
    Deaf,
    /// No other gateway hears it.
    Mute,
    /// Both.
    Alone,
}

impl World {
    /// Leaves one gateway with a fault, if that is in the plan.
    pub(super) fn leave_a_fault(&mut self) {
        let has = |kind: Kind| self.plan.kinds.contains(&kind);
        let without = [Lasting::NoStore, Lasting::NoLock];
        let deaf = [Lasting::Deaf, Lasting::Mute, Lasting::Alone];
        let without = has(Kind::Lasting).then_some(without).into_iter().flatten();
        let deaf = has(Kind::Deaf).then_some(deaf).into_iter().flatten();
        let all: Vec<Lasting> = without.chain(deaf).collect();
        let slot = self.slot_mostly_leaders();
        let (Some(lasting), true) = (self.random.pick(&all), slot < self.fleet) else {
            return;
        };
        trace!(self, "a fault stays with gateway {slot}: {lasting:?}");
        let without = matches!(lasting, Lasting::NoStore | Lasting::NoLock);
        let kind = if without { Kind::Lasting } else { Kind::Deaf };
        self.counts.fault(kind);
        self.lasting = Some(slot);
        let others = (0..self.hosts.len()).filter(|other| *other != slot);
        for other in others {
            if matches!(lasting, Lasting::Deaf | Lasting::Alone) {
                self.network.cut(other, slot);
            }
            if matches!(lasting, Lasting::Mute | Lasting::Alone) {
                self.network.cut(slot, other);
            }
        }
        let host = &mut self.hosts[slot];
        host.store_cuts = u32::from(lasting == Lasting::NoStore);
        host.lock_cuts = u32::from(lasting == Lasting::NoLock);
    }
}
