//! Groups that have moved all at once, and whose assignments are still to be written anew. Who moves, and
//! where to, is not in it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use groupkeeper_assignment_store::{Failover, Failovers};
use groupkeeper_hashing::UnknownStrategy;
use groupkeeper_types::{GroupName, Stamp};

use super::deciding::MAX_BYTES;
use crate::folding::Folding;
use crate::machine::BatchChange;
use crate::machine::core::Ctx;
use crate::machine::leader::term::Term;
use crate::peer::Decision;

/// The failovers under way: all groups of a gateway move with one commit, and their assignments are
/// rewritten behind it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct FailingOver {
    folding: Folding,
    /// Groups whose assignments are to be rewritten, by the oldest failover that stands between what
    /// is stored and what was decided.
    behind: BTreeMap<Stamp, BTreeSet<GroupName>>,
    /// Whether some gateway may have to lose its groups now.
    look: bool,
}

impl FailingOver {
    /// The most assignments rewritten by a commit that somebody waits for.
    const BESIDE: usize = 200;

    pub(super) fn new(folding: Folding) -> Self {
        Self {
            folding,
            behind: BTreeMap::new(),
            look: true,
        }
    }

    pub(super) fn looks(&self) -> bool {
        self.look
    }

    /// Something has changed by which a gateway may have to lose its groups.
    pub(super) fn look_again(&mut self) {
        self.look = true;
    }

    /// Nobody has to lose its groups, besides those that are about to.
    pub(super) fn has_looked(&mut self) {
        self.look = false;
    }

    /// How many assignments are known to be behind, and in no commit yet.
    pub(super) fn behind(&self) -> usize {
        self.behind.values().map(BTreeSet::len).sum()
    }

    /// What a stored assignment has become. It is noted as one to be rewritten, unless something newer
    /// than that is `known`: whoever decided that has rewritten it.
    pub(super) fn fold(&mut self, stored: Decision, known: Option<Stamp>) -> Decision {
        let Some(first) = self.folding.first_moved_by(&stored) else {
            return stored;
        };
        let folded = self.folding.fold(stored);
        if known.is_none_or(|known| known <= folded.stamp) {
            self.fall_behind(first, &folded.group);
        }
        folded
    }

    /// The stored assignment of this group is older than this failover.
    pub(super) fn fall_behind(&mut self, failover: Stamp, group: &GroupName) {
        let noted = self.behind.values().any(|groups| groups.contains(group));
        if !noted {
            let groups = self.behind.entry(failover).or_default();
            groups.insert(group.clone());
        }
    }

    /// The same of many groups, in order of their names.
    pub(super) fn all_fall_behind(&mut self, failover: Stamp, groups: Vec<GroupName>) {
        if self.behind.is_empty() && !groups.is_empty() {
            // Built at once: each by itself is searched for its place.
            self.behind.insert(failover, groups.into_iter().collect());
            return;
        }
        for group in &groups {
            self.fall_behind(failover, group);
        }
    }

    /// Other failovers stand than before.
    pub(super) fn refold(&mut self, failovers: &Failovers) -> Result<(), UnknownStrategy> {
        self.folding = Folding::new(failovers)?;
        Ok(())
    }

    pub(super) fn folding(&self) -> &Folding {
        &self.folding
    }

    /// Adds assignments that are behind to a commit, as many as there is room for, and says how many.
    pub(super) fn rewrite(
        &mut self,
        ctx: &Ctx<'_>,
        somebody_waits: bool,
        changes: &mut Vec<BatchChange>,
    ) -> usize {
        let room = ctx.core.pace.most().saturating_sub(changes.len());
        let most = if somebody_waits {
            room.min(Self::BESIDE)
        } else {
            room
        };
        let decided: BTreeSet<GroupName> = changes
            .iter()
            .filter_map(|change| match change {
                BatchChange::Assign(decision) => Some(decision.group.clone()),
                _ => None,
            })
            .collect();
        let (mut taken, mut bytes) = (0, 0);
        while taken < most && bytes < MAX_BYTES {
            let Some(group) = self.next_behind() else {
                break;
            };
            // Decided about since, or now: then it is rewritten by that.
            if let Some(decision) = ctx.core.known.groups.get(&group)
                && self.folding.made(decision.stamp)
                && !decided.contains(&group)
            {
                taken += 1;
                bytes += group.as_str().len();
                changes.push(BatchChange::Rewrite(decision));
            }
        }
        taken
    }

    /// The failovers that are left once a commit is whole that has all changes taken from those behind,
    /// and this new one. They go in their order, since each counts on those before it.
    pub(super) fn left(&self, term: &Term, new: Option<Arc<Failover>>) -> Failovers {
        let standing = term.record().failovers.as_slice();
        let through = |failover: &&Arc<Failover>| {
            term.has_settled() && !self.behind.contains_key(&failover.stamp())
        };
        let done = standing.iter().take_while(through).count();
        let left = standing[done..].iter().cloned().chain(new).collect();
        Failovers::new(left).expect("one more than before, where there was room for it")
    }

    /// Takes the next group whose assignment is to be rewritten, the oldest failover's first.
    fn next_behind(&mut self) -> Option<GroupName> {
        let mut oldest = self.behind.first_entry()?;
        let group = oldest.get_mut().pop_first();
        if oldest.get().is_empty() {
            oldest.remove();
        }
        group
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;
    use crate::machine::testing::{Bench, addr, decision, group, record, stamp};
    use groupkeeper_assignment_store::LeaderRecord;
    use groupkeeper_types::Moment;

    /// All groups of `a` have moved to `b` with commit 1/5.
    fn failover() -> Arc<Failover> {
        let among = vec![(addr("b"), NonZeroU32::MIN)];
        let rule = "rendezvous/1";
        Arc::new(Failover::new(stamp(1, 5), vec![addr("a")], rule, among).unwrap())
    }

    fn failing_over() -> FailingOver {
        let failovers = Failovers::new(vec![failover()]).unwrap();
        FailingOver::new(Folding::new(&failovers).unwrap())
    }

    #[test]
    fn what_is_older_than_a_failover_is_written_anew_behind_it() {
        let (mut bench, mut it) = (Bench::new(), failing_over());
        let moved = it.fold(decision("g", "a", stamp(1, 2)), None);
        assert_eq!(moved, decision("g", "b", stamp(1, 5)));
        bench.core.known.groups.insert(&moved);
        // Somebody has decided about this one since, and has written it.
        it.fold(decision("h", "a", stamp(1, 2)), Some(stamp(1, 6)));
        it.fold(decision("i", "c", stamp(1, 2)), None);
        assert_eq!(it.behind(), 1);
        let mut changes = Vec::new();
        assert_eq!(it.rewrite(&bench.ctx(), false, &mut changes), 1);
        assert_eq!(changes, [BatchChange::Rewrite(moved)]);
        assert_eq!(it.behind(), 0);
    }

    #[test]
    fn what_was_decided_since_is_not_written_twice() {
        let (mut bench, mut it) = (Bench::new(), failing_over());
        it.fall_behind(stamp(1, 5), &group("g"));
        bench
            .core
            .known
            .groups
            .insert(&decision("g", "c", stamp(1, 6)));
        let mut changes = Vec::new();
        assert_eq!(it.rewrite(&bench.ctx(), false, &mut changes), 0);
        assert_eq!(changes, []);
    }

    #[test]
    fn a_failover_stands_until_nothing_is_behind_it() {
        let mut it = failing_over();
        let standing = LeaderRecord {
            failovers: Failovers::new(vec![failover()]).unwrap(),
            settled: stamp(1, 1),
            ..record(1, None)
        };
        let inherited = crate::machine::leader::Inherited {
            settled: Stamp::ZERO,
            last: Stamp::ZERO,
        };
        let term = Term::new(standing, inherited, Moment::ZERO);
        it.fall_behind(stamp(1, 5), &group("g"));
        assert_eq!(it.left(&term, None).len(), 1);
        let mut changes = Vec::new();
        it.rewrite(&Bench::new().ctx(), false, &mut changes);
        assert_eq!(it.left(&term, None).len(), 0);
    }
}
