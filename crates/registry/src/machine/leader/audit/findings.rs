//! Stored entries that can't be read. What is decided about their groups is not in it.

use std::collections::{BTreeMap, BTreeSet};

use groupkeeper_types::GroupName;

use crate::machine::core::Ctx;

/// Stored entries that can't be read, and what is done about them.
///
/// An entry whose group is known is set aside, together with a decision about the group: what is in
/// memory, or a new one, which takes that nobody can be acting by the old one any more. Most names tell
/// the group. Of the others it is known when the group is read by itself, because somebody asked for it
/// or it is missing in a listing; until then they stay, since whoever holds such a group can't be asked
/// to give it up.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Findings {
    by_name: BTreeMap<String, Finding>,
    /// There are more than are remembered.
    more: bool,
    more_this_round: bool,
    round: u64,
    told: usize,
    set_aside: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Finding {
    group: Option<GroupName>,
    round: u64,
    /// The store does not move it.
    stuck: bool,
}

impl Findings {
    /// The most that are remembered.
    const MAX: usize = 1_000;
    /// The most that are told of one by one.
    const MAX_TOLD: usize = 20;
    /// With so many that the store does not move, it is not asked to move any more: it may have as many
    /// aside as it keeps.
    const MAX_STUCK: usize = 4;

    /// How many there are, as far as is known; never 0 while there is one.
    pub(super) fn len(&self) -> usize {
        self.by_name.len() + usize::from(self.more)
    }

    pub(super) fn set_aside(&self) -> u64 {
        self.set_aside
    }

    /// The store is read from its beginning.
    pub(super) fn begin_round(&mut self) {
        self.round += 1;
        self.more_this_round = false;
    }

    /// It was read to its end: what was not found again has been mended, or is gone.
    pub(super) fn end_round(&mut self) {
        let round = self.round;
        self.by_name.retain(|_, finding| finding.round == round);
        self.more = self.more_this_round;
    }

    /// Something can't be read. It is told once.
    pub(super) fn find(
        &mut self,
        ctx: &mut Ctx<'_>,
        name: String,
        group: Option<GroupName>,
        why: &str,
    ) {
        if let Some(finding) = self.by_name.get_mut(&name) {
            finding.round = self.round;
            return;
        }
        if self.by_name.len() >= Self::MAX {
            (self.more, self.more_this_round) = (true, true);
            return;
        }
        self.told += 1;
        if self.told <= Self::MAX_TOLD {
            let stays = if group.is_none() {
                "; its name does not tell its group, so it stays until that is asked for"
            } else {
                ""
            };
            ctx.alarm(format!(
                "the stored assignment {name:?} can't be read: {why}{stays}"
            ));
        }
        let finding = Finding {
            group,
            round: self.round,
            stuck: false,
        };
        self.by_name.insert(name, finding);
    }

    /// Something that was listed as unreadable is what stands there for this group.
    pub(super) fn is_of(&mut self, name: &str, group: &GroupName) {
        if let Some(finding) = self.by_name.get_mut(name) {
            finding.group.get_or_insert_with(|| group.clone());
        }
    }

    /// The next one that can be put right.
    pub(super) fn next(&self) -> Option<(&String, &GroupName)> {
        if self.stuck() >= Self::MAX_STUCK {
            return None;
        }
        self.by_name
            .iter()
            .filter(|(_, finding)| !finding.stuck)
            .find_map(|(name, finding)| Some((name, finding.group.as_ref()?)))
    }

    /// The groups of which something is found.
    pub(super) fn groups(&self) -> BTreeSet<GroupName> {
        let found = self.by_name.values();
        found.filter_map(|finding| finding.group.clone()).collect()
    }

    /// The store does not set this one aside: the group that it is of.
    pub(super) fn is_stuck(&mut self, ctx: &mut Ctx<'_>, name: &str) -> Option<GroupName> {
        if let Some(finding) = self.by_name.get_mut(name) {
            finding.stuck = true;
        }
        if self.stuck() == Self::MAX_STUCK {
            ctx.alarm(format!(
                "{} unreadable entries can't be set aside, {name:?} the last of them: no more are tried \
                 while they stay; see to them",
                Self::MAX_STUCK
            ));
        }
        self.by_name.get(name)?.group.clone()
    }

    /// This one has been set aside, and its group decided about: which that is.
    pub(super) fn is_aside(&mut self, ctx: &mut Ctx<'_>, name: &str) -> Option<GroupName> {
        let finding = self.by_name.remove(name)?;
        self.set_aside += 1;
        ctx.info(format!("set aside: {name:?}"));
        finding.group
    }

    fn stuck(&self) -> usize {
        let stuck = self.by_name.values().filter(|finding| finding.stuck);
        stuck.count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::testing::{Bench, group};

    fn find(bench: &mut Bench, findings: &mut Findings, name: &str, of: Option<&str>) {
        findings.find(&mut bench.ctx(), name.to_owned(), of.map(group), "garbage");
    }

    #[test]
    fn what_is_not_found_again_is_mended() {
        let (mut bench, mut findings) = (Bench::new(), Findings::default());
        findings.begin_round();
        find(&mut bench, &mut findings, "a", Some("a"));
        find(&mut bench, &mut findings, "b", Some("b"));
        findings.end_round();
        assert_eq!((findings.len(), bench.take().len()), (2, 2));
        findings.begin_round();
        find(&mut bench, &mut findings, "b", Some("b"));
        findings.end_round();
        assert_eq!(findings.groups(), BTreeSet::from([group("b")]));
        assert_eq!(bench.take(), [], "it is told once");
    }

    #[test]
    fn only_what_tells_its_group_is_set_aside() {
        let (mut bench, mut findings) = (Bench::new(), Findings::default());
        find(&mut bench, &mut findings, "x", None);
        assert_eq!(findings.next(), None);
        findings.is_of("x", &group("g"));
        assert_eq!(findings.next(), Some((&"x".to_owned(), &group("g"))));
        let aside = findings.is_aside(&mut bench.ctx(), "x");
        assert_eq!((aside, findings.set_aside()), (Some(group("g")), 1));
        assert_eq!(findings.len(), 0);
    }

    #[test]
    fn a_store_that_moves_nothing_is_not_asked_for_long() {
        let (mut bench, mut findings) = (Bench::new(), Findings::default());
        for name in ["a", "b", "c", "d", "e"] {
            find(&mut bench, &mut findings, name, Some(name));
        }
        bench.take();
        for name in ["a", "b", "c"] {
            findings.is_stuck(&mut bench.ctx(), name);
        }
        assert_eq!(findings.next(), Some((&"d".to_owned(), &group("d"))));
        assert_eq!(bench.take(), []);
        let stuck = findings.is_stuck(&mut bench.ctx(), "d");
        assert_eq!((stuck, bench.take().len()), (Some(group("d")), 1));
        assert_eq!(findings.next(), None);
    }

    #[test]
    fn never_none_while_there_are_more_than_are_remembered() {
        let (mut bench, mut findings) = (Bench::new(), Findings::default());
        findings.begin_round();
        for i in 0..=Findings::MAX {
            find(&mut bench, &mut findings, &format!("{i}"), None);
        }
        assert_eq!(findings.len(), Findings::MAX + 1);
        assert_eq!(bench.take().len(), Findings::MAX_TOLD);
    }
}
