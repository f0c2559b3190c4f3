//! Single groups that are read because somebody asked.

use std::collections::BTreeMap;

use groupkeeper_types::GroupName;

use crate::machine::core::Ctx;
use crate::machine::{CallId, OpId, StoreWork};

/// Single groups being read because somebody asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Reads {
    by_group: BTreeMap<GroupName, (OpId, Vec<CallId>)>,
    by_op: BTreeMap<OpId, GroupName>,
}

impl Reads {
    /// The most groups read at once.
    const MAX: usize = 1_024;
    /// The most calls that wait for one of them.
    const MAX_WAITING: usize = 1_024;

    pub(super) fn take_calls(&mut self) -> Vec<CallId> {
        self.by_op.clear();
        std::mem::take(&mut self.by_group)
            .into_values()
            .flat_map(|(_, calls)| calls)
            .collect()
    }

    pub(super) fn abandon(&mut self, call: CallId, group: &GroupName) {
        if let Some((_, calls)) = self.by_group.get_mut(group) {
            calls.retain(|waiting| *waiting != call);
        }
    }

    /// Reads one group for a call.
    pub(super) fn read(&mut self, ctx: &mut Ctx<'_>, call: CallId, group: GroupName) {
        if let Some((_, calls)) = self.by_group.get_mut(&group) {
            if calls.len() < Self::MAX_WAITING {
                calls.push(call);
            } else {
                ctx.not_available(call, "too many questions wait for the store");
            }
            return;
        }
        if self.by_group.len() >= Self::MAX {
            return ctx.not_available(call, "too many questions wait for the store");
        }
        let op = ctx.store(StoreWork::Load(group.clone()));
        self.by_op.insert(op, group.clone());
        self.by_group.insert(group, (op, vec![call]));
    }

    /// A read has ended: of which group, and who waits for it.
    pub(super) fn end(&mut self, op: OpId) -> Option<(GroupName, Vec<CallId>)> {
        let group = self.by_op.remove(&op)?;
        let (_, calls) = self.by_group.remove(&group)?;
        Some((group, calls))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::testing::{Bench, group};

    #[test]
    fn one_read_serves_all_who_ask() {
        let (mut bench, mut reads) = (Bench::new(), Reads::default());
        reads.read(&mut bench.ctx(), CallId(1), group("g"));
        reads.read(&mut bench.ctx(), CallId(2), group("g"));
        reads.read(&mut bench.ctx(), CallId(3), group("g"));
        let (op, work) = bench.asked();
        assert_eq!(work, StoreWork::Load(group("g")));
        reads.abandon(CallId(2), &group("g"));
        let waiting = vec![CallId(1), CallId(3)];
        assert_eq!(reads.end(op), Some((group("g"), waiting)));
        assert_eq!(reads.end(op), None);
    }

    #[test]
    fn only_so_many_are_read_at_once() {
        let (mut bench, mut reads) = (Bench::new(), Reads::default());
        for i in 0..=Reads::MAX {
            let name = group(&format!("g{i}"));
            reads.read(&mut bench.ctx(), CallId(i as u64), name);
        }
        assert_eq!(bench.take().len(), Reads::MAX + 1, "the last is answered");
        assert_eq!(reads.take_calls().len(), Reads::MAX);
    }
}
